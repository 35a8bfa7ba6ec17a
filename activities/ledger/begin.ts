/** The first act of an attempt: its params are checked, it is claimed, and what it builds on is read. */
import { ApplicationFailure } from '@temporalio/common';

import { runInterval, type NominalInterval } from '../../workflows/domain/calendar/run-interval.ts';
import type { ModelOf } from '../../workflows/domain/model-of.ts';
import type { Deadline } from '../../workflows/domain/notices/deadline.ts';
import { listOf, subscriptionsOf, type Subscription } from '../../workflows/domain/notices/notice.ts';
import { checkParams, describeProblems } from '../../workflows/domain/params.ts';
import type { ParamsSchema } from '../../workflows/domain/params.ts';
import { formatRunId, wholeSecond } from '../../workflows/domain/run-id.ts';
import { keyProblem } from '../../workflows/domain/run-key.ts';
import type { RunRecord } from '../../workflows/domain/run-record.ts';
import type { ObjectStore } from '../store/contract.ts';
import { claim, claimedAttempts, readClaim, sameHolder } from './claim.ts';
import type { BeginInput, BeginOutput } from './contract.ts';
import { carriable } from './memo.ts';
import { readMarks, withMarks } from './marks.ts';
import { pipelinePaused, readPause } from './pauses.ts';
import { recordKey } from './keys.ts';
import { readJson } from './objects.ts';

/** A pipeline as the ledger sees it: its name and what its params must be. */
export interface LedgerPipeline {
  readonly name: string;
  readonly params?: () => ParamsSchema;
  readonly deadline?: Deadline | readonly Deadline[];
  readonly notify?: Subscription | readonly Subscription[];
  readonly model?: (params: never, modelOf: ModelOf) => string | undefined;
}

export interface BeginDeps {
  readonly store: ObjectStore;
  readonly pipelines: ReadonlyMap<string, LedgerPipeline>;
  /** Writes the record of a claimed attempt whose last act never happened. False where it is still running. */
  readonly settle: (run: string, attempt: number) => Promise<boolean>;
  readonly searchAttributes: () => Promise<readonly string[]>;
  /** Knows no project by default. */
  readonly modelOf?: ModelOf;
  /** What the environment tells whom, where the pipeline does not say; nothing by default. */
  readonly notify?: readonly Subscription[];
  /** Runs leave workers of older code as soon as there are newer ones. */
  readonly moves?: boolean;
  /** Milliseconds after which a run that a pause has put off asks again. */
  readonly askAgain?: number;
}

const ASK_AGAIN = 10_000;

/** Manual starts of one pipeline and key within so many seconds find a free one; more is a mistake. */
const BUMPS = 600;

export async function begin(deps: BeginDeps, input: BeginInput): Promise<BeginOutput> {
  const pipeline = knownPipeline(deps.pipelines, input.pipeline);
  const wrongKey = input.key === undefined ? undefined : keyProblem(input.key);
  if (wrongKey !== undefined) throw ApplicationFailure.nonRetryable(wrongKey, 'InvalidKey');
  // Wrong params are refused before anything is written.
  if (input.params !== undefined || input.attempt === 1) validParams(pipeline, input.params);
  let answer = await beginAt(deps, pipeline, input);
  for (let second = 1; input.mayBump && answer.kind === 'duplicate' && second <= BUMPS; second += 1) {
    const fireTime = wholeSecond(Date.parse(input.fireTime) + second * 1000);
    answer = await beginAt(deps, pipeline, { ...input, fireTime });
  }
  return answer;
}

async function beginAt(deps: BeginDeps, pipeline: LedgerPipeline, input: BeginInput): Promise<BeginOutput> {
  const run = formatRunId(input);
  const nominal = nominalInterval(input);
  const attempt = await attemptNumber(deps.store, run, input);
  const previous = await previousRecord(deps, run, attempt);
  const params = validParams(pipeline, input.params ?? previous?.params);
  await refuseIfPaused(deps, run, attempt, input);
  const model = pipeline.model?.(params as never, deps.modelOf ?? (() => undefined));
  const startedBy = input.startedBy ?? starter(input, nominal);
  const { holder } = await claim(deps.store, run, attempt, { holder: input.holder, startedBy });
  if (!sameHolder(holder, input.holder)) return { kind: 'duplicate', run, attempt, holder };
  return {
    kind: 'claimed',
    run,
    attempt,
    fireTime: wholeSecond(input.fireTime),
    params,
    startedBy,
    memo: previous === undefined ? null : await carriable(deps.store, previous),
    searchAttributes: await deps.searchAttributes(),
    ...(model !== undefined && { model }),
    ...(nominal !== undefined && { nominal }),
    ...toldBy(pipeline, deps.notify ?? []),
    ...(deps.moves === true && { moves: true }),
  };
}

/** Absent where there is nothing: most pipelines have no deadline. */
function toldBy(
  { notify, deadline }: LedgerPipeline,
  environment: readonly Subscription[],
): Pick<Extract<BeginOutput, { kind: 'claimed' }>, 'notify' | 'deadlines'> {
  const [subscriptions, deadlines] = [subscriptionsOf(notify, environment), listOf(deadline)];
  return {
    ...(subscriptions.length > 0 && { notify: subscriptions }),
    ...(deadlines.length > 0 && { deadlines }),
  };
}

/** A later attempt mends what has been begun, and a try that comes again after its claim goes on. */
async function refuseIfPaused(
  { store, askAgain = ASK_AGAIN }: BeginDeps,
  run: string,
  attempt: number,
  { pipeline, isPart = false, canWait = false, holder }: BeginInput,
): Promise<void> {
  if (attempt > 1 || isPart) return;
  const pause = await readPause(store, pipeline);
  if (pause === undefined) return;
  const standing = await readClaim(store, run, attempt);
  if (standing !== undefined && sameHolder(standing.holder, holder)) return;
  throw pipelinePaused(pipeline, pause, canWait ? askAgain : undefined);
}

/** Temporal's own trigger of a schedule comes at a time at which the schedule does not fire. */
function starter({ schedule }: BeginInput, nominal: NominalInterval | undefined): string {
  if (schedule === undefined) return 'manual';
  return nominal?.onGrid === true ? `schedule ${schedule.name}` : `manual, of schedule ${schedule.name}`;
}

function nominalInterval({ schedule, fireTime }: BeginInput): NominalInterval | undefined {
  if (schedule === undefined) return undefined;
  try {
    return runInterval(schedule.timetable, wholeSecond(fireTime));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw ApplicationFailure.nonRetryable(
      `the run's schedule tells no interval: ${why}. Start it by \`assay schedules apply\`, or give an interval`,
      'InvalidSchedule',
    );
  }
}

async function attemptNumber(store: ObjectStore, run: string, input: BeginInput): Promise<number> {
  if (input.attempt !== 'next') return input.attempt;
  const highest = (await claimedAttempts(store, run)).at(-1) ?? 0;
  const standing = await readClaim(store, run, highest);
  return standing !== undefined && sameHolder(standing.holder, input.holder) ? highest : highest + 1;
}

/** Of the newest earlier attempt that has one. An attempt that is still running has none, and must not be overtaken. */
async function previousRecord(deps: BeginDeps, run: string, attempt: number): Promise<RunRecord | undefined> {
  if (attempt === 1) return undefined;
  const earlier = (await claimedAttempts(deps.store, run)).filter((number) => number < attempt).toReversed();
  for (const number of earlier) {
    const record = await readJson<RunRecord>(deps.store, recordKey(run, number));
    if (record !== undefined) return withMarks(record, await readMarks(deps.store, run, number));
    if (!(await deps.settle(run, number))) throw stillOpen(run, number);
    return readJson<RunRecord>(deps.store, recordKey(run, number));
  }
  return undefined;
}

function knownPipeline(pipelines: ReadonlyMap<string, LedgerPipeline>, name: string): LedgerPipeline {
  const pipeline = pipelines.get(name);
  if (pipeline !== undefined) return pipeline;
  const known = [...pipelines.keys()].join(', ') || 'none';
  throw ApplicationFailure.nonRetryable(
    `no pipeline is named ${name}; known are ${known}. Export it in workflows/index.ts`,
    'UnknownPipeline',
  );
}

function validParams(pipeline: LedgerPipeline, params: unknown): unknown {
  const checked = checkParams(pipeline.params?.(), params);
  if (checked.ok) return checked.params;
  const message = describeProblems(pipeline.name, checked.problems);
  throw ApplicationFailure.nonRetryable(message, 'InvalidParams', checked.problems);
}

function stillOpen(run: string, attempt: number): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `attempt ${attempt} of ${run} is still open; cancel it first: assay runs cancel ${run}`,
    'RunStillOpen',
    { run, attempt },
  );
}
