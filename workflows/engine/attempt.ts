/** An attempt of a run: how it is opened, and what travels with it into child workflows and new histories. */
import { workflowInfo } from '@temporalio/workflow';
import type { BeginInput, BeginOutput, LedgerActivities } from '../../activities/ledger/contract.ts';
import type { RunSchedule } from '../domain/calendar/run-interval.ts';
import type { Interval } from '../domain/interval.ts';
import { keptTasks, unknownTasks } from '../domain/memo.ts';
import type { Deadline } from '../domain/notices/deadline.ts';
import type { Subscription } from '../domain/notices/notice.ts';
import { wholeSecond } from '../domain/run-id.ts';
import type { Duplicate, Rerun, RunInput } from '../domain/run-input.ts';
import type { RunDeadline } from '../domain/run-record.ts';
import { activities, promptActivities } from './activities.ts';
import type { RunFacts } from './author.ts';
import type { PipelineOptions } from './definition.ts';
import type { Signal } from './desk.ts';
import { causesOf, toFailure } from './failures.ts';
import { fromMemo } from './memo-parts.ts';
import { QUICK } from './profiles.ts';
import type { Memo, MemoLedger, SliceOrder } from './runtime.ts';

export interface Attempt {
  readonly facts: RunFacts;
  readonly startedBy: string;
  readonly startedAt: string;
  /** The first attempt's start: what the author's clock shows. */
  readonly clock: string;
  readonly tags: readonly string[];
  readonly rerun?: Rerun;
  readonly searchAttributes: readonly string[];
  /** That it is about. */
  readonly model?: string;
  readonly notify?: readonly Subscription[];
  readonly moves?: boolean;
  readonly deadlines?: readonly Deadline[];
  /** Deadlines that went by in an earlier history. */
  readonly missed?: readonly RunDeadline[];
  readonly memo: Memo;
  /** Histories of this attempt before this one. */
  readonly generation: number;
  /** That nobody has waited for yet. */
  readonly signals?: readonly Signal[];
  /** The schedule that started it. */
  readonly schedule?: RunSchedule;
  /** Whether the history before had a place among the pipeline's `maxActiveRuns`. */
  readonly hasPlace?: boolean;
  /** Only in a child workflow that runs a slice of a map. */
  readonly slice?: Omit<SliceOrder, 'memo'>;
}

/** What a workflow of a pipeline is started with: by anybody, or by itself. */
export type WorkflowInput = RunInput & { readonly resume?: Attempt };

export const ledger = activities<LedgerActivities>('ledger', QUICK);

/** How a run begins and ends, whatever else it does: what every run pays. */
export const promptLedger = promptActivities<Pick<LedgerActivities, 'begin' | 'close'>>('ledger', QUICK);

/** A pause may last for weeks. */
const patientLedger = promptActivities<Pick<LedgerActivities, 'begin'>>('ledger', {
  ...QUICK,
  retry: { initialInterval: '200ms', maximumInterval: '10s' },
});

/** Claims the attempt. @throws InvalidInput, InvalidParams, UnknownTasks */
export async function openAttempt(
  definition: Pick<PipelineOptions<never>, 'name' | 'tags'>,
  input: RunInput,
  memoLedger: (run: string, attempt: number) => MemoLedger,
): Promise<Attempt | Duplicate> {
  const info = workflowInfo();
  checkInput(input);
  const canWait = countsOnRun(input);
  const begun = await (canWait ? patientLedger : promptLedger)
    .begin({
      pipeline: definition.name,
      ...(input.key !== undefined && { key: input.key }),
      fireTime: wholeSecond(input.fireTime ?? scheduledTime() ?? info.startTime.getTime()),
      mayBump: input.fireTime === undefined && scheduledTime() === undefined,
      attempt: input.attempt ?? 1,
      ...(isPartOfRun(input) && { isPart: true }),
      ...(canWait && { canWait }),
      params: input.params,
      holder: { workflowId: info.workflowId, firstRunId: info.firstExecutionRunId },
      ...starter(input),
    })
    .catch(rethrowCause);
  if (begun.kind === 'duplicate') {
    const { run, attempt, holder } = begun;
    return { duplicateOf: { run, attempt }, holder };
  }
  const memo = await rememberedTasks(begun, input.rerun, memoLedger(begun.run, begun.attempt));
  return attemptOf(definition, input, begun, memo);
}

type Claimed = Extract<BeginOutput, { kind: 'claimed' }>;

function attemptOf(
  definition: Pick<PipelineOptions<never>, 'name' | 'tags'>,
  input: RunInput,
  begun: Claimed,
  memo: Memo,
): Attempt {
  const startedAt = workflowInfo().startTime.toISOString();
  const previous = begun.memo?.record;
  const { run: id, attempt, fireTime, params, nominal } = begun;
  const interval: Interval = input.interval ??
    nominal?.interval ??
    previous?.interval ?? { start: fireTime, end: fireTime };
  const trigger = input.trigger ?? previous?.trigger;
  return {
    facts: {
      id,
      pipeline: definition.name,
      ...(input.key !== undefined && { key: input.key }),
      attempt,
      params,
      fireTime,
      interval,
      ...(trigger !== undefined && { trigger }),
      codeVersion: workflowInfo().currentDeploymentVersion?.buildId ?? 'unversioned',
    },
    startedBy: begun.startedBy,
    startedAt,
    clock: previous?.clock ?? startedAt,
    tags: [...(definition.tags ?? []), ...(input.tags ?? [])],
    ...(input.rerun !== undefined && { rerun: input.rerun }),
    ...(input.schedule !== undefined && { schedule: input.schedule }),
    searchAttributes: begun.searchAttributes,
    ...(begun.model !== undefined && { model: begun.model }),
    ...(begun.notify !== undefined && { notify: begun.notify }),
    ...(begun.moves === true && { moves: true }),
    ...(begun.deadlines !== undefined && { deadlines: begun.deadlines }),
    memo,
    generation: 0,
  };
}

/** A schedule's own run gets its interval from the schedule, and is told by it from one that somebody triggered. */
function starter({ startedBy, schedule, interval }: RunInput): Pick<BeginInput, 'startedBy' | 'schedule'> {
  const asked = startedBy === undefined ? {} : { startedBy };
  if (schedule === undefined)
    return { startedBy: scheduledTime() === undefined ? 'manual' : 'schedule', ...asked };
  if (interval === undefined) return { schedule, ...asked };
  return { startedBy: `manual, of schedule ${schedule.name}`, ...asked };
}

/** What of the attempt before need not be done again. */
async function rememberedTasks(
  { memo, run }: Claimed,
  rerun: Rerun | undefined,
  memoLedger: MemoLedger,
): Promise<Memo> {
  if (rerun === undefined || memo === null) return { tasks: [] };
  const { record, parts } = memo;
  const before = parts === undefined ? record.tasks : await fromMemo(memoLedger, { parts });
  const unknown = unknownTasks(before, rerun);
  if (unknown.length > 0) {
    const known = [...new Set(before.map(({ name }) => name))].join(', ');
    const message = `${run} has no task ${unknown.join(', ')}; it has ${known || 'none'}`;
    throw toFailure({ type: 'UnknownTasks', message });
  }
  return { tasks: keptTasks(before, rerun) };
}

/** Assets and backfills start a run once: one that a pause refused they would not start again. */
function countsOnRun({ trigger, startedBy = '' }: RunInput): boolean {
  return trigger !== undefined || startedBy.startsWith('backfill ');
}

/** A child that a run waits for; what it is started by says so. */
function isPartOfRun({ startedBy }: RunInput): boolean {
  return workflowInfo().parent !== undefined && startedBy?.startsWith('run ') === true;
}

/** The nominal time of the schedule that started this, if one did. */
function scheduledTime(): string | undefined {
  const [time] = workflowInfo().searchAttributes['TemporalScheduledStartTime'] ?? [];
  return time instanceof Date ? time.toISOString() : typeof time === 'string' ? time : undefined;
}

/** A raw start may hand in anything. */
function checkInput(input: unknown): asserts input is RunInput {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw invalid(`the input must be an object such as {"params": {…}}; given: ${JSON.stringify(input)}`);
  }
  const { fireTime, interval, attempt, schedule } = input as Record<string, unknown>;
  if (fireTime !== undefined && !isTime(fireTime)) throw invalid('fireTime must be a time in RFC 3339');
  if (attempt !== undefined && attempt !== 'next' && !(Number.isInteger(attempt) && Number(attempt) > 0)) {
    throw invalid(`attempt must be a positive integer or 'next'`);
  }
  const { name, timetable } = (schedule ?? {}) as Record<string, unknown>;
  if (schedule !== undefined && (typeof name !== 'string' || typeof timetable !== 'object')) {
    throw invalid('schedule must be {"name": …, "timetable": …}, as `assay schedules apply` writes it');
  }
  if (interval === undefined) return;
  const { start, end } = (interval ?? {}) as Record<string, unknown>;
  if (!isTime(start) || !isTime(end) || Date.parse(start) > Date.parse(end)) {
    throw invalid('interval must be {"start": …, "end": …}, two times in RFC 3339, the start first');
  }
}

function isTime(value: unknown): value is string {
  return typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) && Number.isFinite(Date.parse(value));
}

function invalid(message: string): Error {
  return toFailure({ type: 'InvalidInput', message });
}

/** The run fails with what is wrong, not with where that was found. */
function rethrowCause(error: unknown): never {
  const cause = causesOf(error).findLast(({ permanent }) => permanent);
  throw cause === undefined ? error : toFailure(cause);
}
