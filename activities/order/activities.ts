/** Looks for the run of the interval before in the ledger, in Temporal, and, while it is open, in the run itself. */
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';

import { isLatest, runBefore, wasDueBefore } from '../../workflows/domain/order.ts';
import { wholeRecord, type PageAsked, type RecordPage } from '../../workflows/domain/record-pages.ts';
import { RECORD_QUERY, type RunRecord, type TaskState } from '../../workflows/domain/run-record.ts';
import { NOT_YET } from '../../workflows/domain/tries.ts';
import type { Ledger, RunHolder, RunQueue } from '../ledger/contract.ts';
import type { AwaitedPast, OrderActivities, PastFound } from './contract.ts';

export interface OrderDeps {
  readonly ledger: Pick<Ledger, 'attempts' | 'record' | 'holder'>;
  readonly client: Client;
  /** Told of runs that wait. */
  readonly queue?: RunQueue;
  /** Milliseconds between two looks. */
  readonly lookEvery?: number;
}

const LOOK_EVERY = 10_000;
/** Milliseconds; without a worker a query would hang. */
const ANSWER = 5_000;

const ENDED: ReadonlySet<TaskState> = new Set(['success', 'failed', 'upstream_failed', 'skipped', 'removed']);
const PASSED: ReadonlySet<TaskState> = new Set(['success', 'skipped']);

export function createOrderActivities(deps: OrderDeps): OrderActivities {
  return {
    awaitPast: (wanted) => (wanted.waiting === undefined ? awaitPast(deps, wanted) : marked(deps, wanted)),
    isLatest: async (position) => isLatest(position, Date.now()),
  };
}

/** The run stands in the queue from the first look that is in vain. */
async function marked({ queue, ...deps }: OrderDeps, wanted: AwaitedPast): Promise<PastFound> {
  const { waiting } = wanted;
  if (waiting === undefined || queue === undefined) return awaitPast(deps, wanted);
  try {
    const found = await awaitPast(deps, wanted);
    await queue.leave(waiting.run);
    return found;
  } catch (error) {
    if (error instanceof ApplicationFailure && error.type === NOT_YET) {
      await queue.enter(waiting, 'waits for the interval before');
    }
    throw error;
  }
}

async function awaitPast(deps: OrderDeps, wanted: AwaitedPast): Promise<PastFound> {
  const run = runBefore(wanted);
  if (run === undefined) return {};
  const attempt = (await deps.ledger.attempts(run)).at(-1);
  if (attempt === undefined) {
    if (await isKnown(deps.client, run)) throw notYet(deps, `${run} has been started, and has not begun`);
    if (wasDueBefore(wanted)) throw notYet(deps, neverRan(run, wanted));
    return {};
  }
  const closed = await deps.ledger.record(run, attempt);
  const record = closed ?? (wanted.task === undefined ? undefined : await live(deps, run, attempt));
  const missing = record === undefined ? `${run} is not over` : lacks(record, wanted, closed !== undefined);
  if (missing !== undefined) throw notYet(deps, missing);
  return { run };
}

/** What is still wanted of the run before; `undefined` where nothing is. */
function lacks(record: RunRecord, { past, task }: AwaitedPast, isOver: boolean): string | undefined {
  const { run, state } = record;
  const rerun = `until it is run again: assay runs rerun ${run} --only-failed`;
  if (task === undefined) {
    return past === 'end' || state === 'success' ? undefined : `${run} is over (${state}), ${rerun}`;
  }
  const found = record.tasks.find(({ name, index }) => name === task && index === undefined);
  // A task that the code did not have then has no past.
  if (found === undefined) return isOver ? undefined : `${task} of ${run} has not begun`;
  const enough = past === 'end' ? ENDED : PASSED;
  if (enough.has(found.state)) return undefined;
  return `${task} of ${run} is ${found.state}${isOver ? `, ${rerun}` : ''}`;
}

async function live(
  { client, ledger }: OrderDeps,
  run: string,
  attempt: number,
): Promise<RunRecord | undefined> {
  const holder: RunHolder | undefined = await ledger.holder(run, attempt);
  if (holder === undefined) return undefined;
  try {
    return await client.withDeadline(Date.now() + ANSWER, () =>
      wholeRecord((page) =>
        client.workflow.getHandle(holder.workflowId).query<RecordPage, [PageAsked]>(RECORD_QUERY, page),
      ),
    );
  } catch (error) {
    // It may have ended this moment, or no worker answers: the next look tells.
    if (error instanceof Error) return undefined;
    throw error;
  }
}

/** Started, and not yet claimed: its record will come. */
async function isKnown(client: Client, run: string): Promise<boolean> {
  try {
    return (await client.workflow.getHandle(run).describe()).status.name === 'RUNNING';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

function neverRan(run: string, { pipeline, key, interval, schedule }: AwaitedPast): string {
  const option = key === undefined ? '' : ` --key ${key}`;
  return (
    `${run} was due by ${schedule?.name} and has not run; ` +
    `the one that ends ${interval.start}: assay runs trigger ${pipeline}${option} --interval <start>/${interval.start}`
  );
}

function notYet({ lookEvery = LOOK_EVERY }: OrderDeps, message: string): ApplicationFailure {
  return ApplicationFailure.create({
    message,
    type: NOT_YET,
    nonRetryable: false,
    nextRetryDelay: lookEvery,
    category: ApplicationFailureCategory.BENIGN,
  });
}
