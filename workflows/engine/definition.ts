/** A pipeline's definition: what is known of it without running it. */
import type { AssetCondition } from '../domain/assets/condition.ts';
import type { Timetable } from '../domain/calendar/timetable.ts';
import type { Deadline } from '../domain/notices/deadline.ts';
import type { ModelOf } from '../domain/model-of.ts';
import type { Subscription } from '../domain/notices/notice.ts';
import type { Duration } from '../domain/duration.ts';
import type { ParamsSchema } from '../domain/params.ts';
import type { Retries } from '../domain/retry.ts';
import type { Duplicate, RunInput } from '../domain/run-input.ts';
import type { DependsOnPast } from './order.ts';
import type { Run } from './run.ts';

/** The function's own schema, read by clients and by the ledger; never in the workflow sandbox. */
interface TypedSchema<P> extends ParamsSchema {
  readonly _output?: P;
}

export interface PipelineOptions<P> {
  /** Also the name of its export, and so its workflow type: letters, digits, `_`. */
  readonly name: string;
  readonly params?: () => TypedSchema<P>;
  readonly tags?: readonly string[];
  readonly description?: string;
  /**
   * The model that a run is about: Temporal's lists find it by `AssayModel`. Asked once, by the worker that opens the
   * run, with the checked params.
   */
  readonly model?: (params: P, modelOf: ModelOf) => string | undefined;
  /** Runs at work at the same time; the others are `queued`, those of earlier fire times first. Any number by default. */
  readonly maxActiveRuns?: number;
  /** By when a run, or a task of it, must have succeeded; whoever listens is told when it has not. */
  readonly deadline?: Deadline | readonly Deadline[];
  /** Who is told of what; events that are not named here go where the environment sends them. */
  readonly notify?: Subscription | readonly Subscription[];
  /**
   * The first task waits for the run of the interval before: `true` for its success, `'end'` for its end, whatever
   * that was. The first interval of a schedule waits for nothing; one that was due and never ran is waited for.
   */
  readonly dependsOnPast?: DependsOnPast;
  /**
   * Of every task that declares none of its own; children are never repeated by it. Where they are spent on a task inside
   * another they are spent on both.
   */
  readonly retries?: Retries;
  /** Started, beside all else, once for every partition for which these are there. */
  readonly assets?: AssetCondition;
  /** The grid of its data intervals where no schedule tells: what backfills go by. */
  readonly timetable?: Timetable;
  /** Of an attempt, its time on hold included; a longer one is ended, `failed` with `RunTimeout`. */
  readonly timeout?: Duration;
  /**
   * `hold` keeps a run open whose task has failed for good: somebody tries it again, takes it for done, skips it or
   * lets it fail (`assay runs resolve`); what comes after waits. `fail` by default.
   */
  readonly onFailure?: 'fail' | 'hold';
  /** For how long a task is held until it fails after all. 7 days by default. */
  readonly holdFor?: Duration;
  /** Go on in a new history at this many events instead of when the server suggests it: for tests. */
  readonly continueAfterEvents?: number;
}

export interface PipelineDefinition<P = unknown, R = unknown> extends PipelineOptions<P> {
  readonly body: (run: Run<P>) => Promise<R> | R;
}

/** An ordinary Temporal workflow, with its definition attached. */
export interface Pipeline<P = unknown, R = unknown> {
  (input?: RunInput): Promise<R | Duplicate>;
  readonly definition: PipelineDefinition<P, R>;
}

/** Any pipeline, as a registry or a client sees it. */
export interface AnyPipeline {
  (input?: RunInput): Promise<unknown>;
  readonly definition: Omit<PipelineOptions<never>, 'params'> & {
    readonly params?: () => ParamsSchema;
    readonly body: (run: Run<never>) => unknown;
  };
}
