/**
 * Waits for the end of runs by looking at the ledger, which costs the server nothing. Only what stays silent there is
 * asked of Temporal, now and then: a run that was cut off, or that never came to claim its attempt.
 */
import { setTimeout as sleep } from 'node:timers/promises';

import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';

import type { PlannedRun } from '../../workflows/domain/backfill/plan.ts';
import type { EndedRun } from '../../workflows/domain/backfill/window.ts';
import { attempt } from '../attempt.ts';
import type { Ledger } from '../ledger/contract.ts';
import { endingOf } from '../ledger/ending.ts';

export interface WatchSource {
  readonly ledger: Ledger;
  readonly client: Client;
  /** Milliseconds between two questions to Temporal about the same run. */
  readonly askEvery?: number;
}

const ASK_EVERY = 10_000;
/** Milliseconds between two looks: a tenth of the time waited so far, within bounds. */
const SHORTEST_LOOK = 100;
const LONGEST_LOOK = 10_000;

const FORGOTTEN = 'it ended without a record, and Temporal has forgotten it';
const UNCLAIMED = 'it ended before it claimed its attempt; Temporal knows why';

export async function watchRuns(source: WatchSource, runs: readonly PlannedRun[]): Promise<EndedRun[]> {
  const { signal } = attempt();
  const since = Date.now();
  let asked = since;
  for (;;) {
    const recorded = await Promise.all(runs.map((run) => fromLedger(source, run)));
    const ended = recorded.filter((one) => one !== undefined);
    if (ended.length > 0) return ended;
    if (Date.now() - asked >= (source.askEvery ?? ASK_EVERY)) {
      const cutOff = await Promise.all(runs.map((run) => fromTemporal(source, run)));
      const known = cutOff.filter((one) => one !== undefined);
      if (known.length > 0) return known;
      asked = Date.now();
    }
    const pause = Math.min(LONGEST_LOOK, Math.max(SHORTEST_LOOK, (Date.now() - since) / 10));
    await sleep(pause, undefined, { signal });
  }
}

async function fromLedger(
  { ledger }: WatchSource,
  { run, attempt: number }: PlannedRun,
): Promise<EndedRun | undefined> {
  const record = await ledger.record(run, number);
  if (record === undefined || record.state === 'running') return undefined;
  const { state, error } = record;
  return { run, attempt: number, state, ...(error !== undefined && { message: short(error.message) }) };
}

/** Of the attempt's holder; of the workflow of the run's own ID, where nobody came to claim it. */
async function fromTemporal(source: WatchSource, planned: PlannedRun): Promise<EndedRun | undefined> {
  const { run, attempt: number } = planned;
  const holder = await source.ledger.holder(run, number);
  if (holder === undefined) return unclaimed(source, planned);
  const ending = await endingOf(source.client, holder);
  if (ending.kind === 'open') return undefined;
  // Its last act may have come between the two questions.
  const late = await fromLedger(source, planned);
  if (late !== undefined) return late;
  if (ending.kind === 'forgotten') return { run, attempt: number, state: 'terminated', message: FORGOTTEN };
  const { state, error } = ending;
  return { run, attempt: number, state, ...(error !== undefined && { message: short(error.message) }) };
}

async function unclaimed(source: WatchSource, planned: PlannedRun): Promise<EndedRun | undefined> {
  const description = await describe(source.client, planned.run);
  if (description?.status.name === 'RUNNING') return undefined;
  // A claim that came between the two questions will be asked about the next time.
  const claimed = await source.ledger.holder(planned.run, planned.attempt);
  if (claimed !== undefined) return undefined;
  return { run: planned.run, attempt: planned.attempt, state: 'failed', message: UNCLAIMED };
}

async function describe(
  client: Client,
  workflowId: string,
): Promise<WorkflowExecutionDescription | undefined> {
  try {
    return await client.workflow.getHandle(workflowId).describe();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

/** What is carried along of an error. */
function short(message: string): string {
  return message.length > 200 ? `${message.slice(0, 199)}…` : message;
}
