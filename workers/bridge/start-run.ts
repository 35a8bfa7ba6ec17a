/** A run for an event: one for each, under an ID that no other run has, and the same whenever the event comes again. */
import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';

import { objectName } from '../../activities/ledger/keys.ts';
import type { Effect } from '../../workflows/domain/events/rule.ts';
import { formatRunId, wholeSecond } from '../../workflows/domain/run-id.ts';
import type { RunInput } from '../../workflows/domain/run-input.ts';
import { Poison } from './bridge.ts';
import type { Due, PerformDeps } from './perform.ts';

type Start = Extract<Effect, { do: 'start' }>;

/** Seconds after the event among which one is free; more runs in them are a mistake. */
const SECONDS = 3_600;

/** @returns what was done, for people */
export async function startRun(deps: PerformDeps, effect: Start, due: Due): Promise<string> {
  if (effect.fireTime !== undefined) {
    const run = runOf(effect, effect.fireTime);
    return (await begin(deps, run, effect, { ...due, fireTime: effect.fireTime }))
      ? `started ${run}`
      : `${run} was there`;
  }
  for (let second = 0; second < SECONDS; second += 1) {
    const fireTime = wholeSecond(Date.parse(due.at) + second * 1000);
    const run = runOf(effect, fireTime);
    // A second is taken for the event before its run starts: two events, or two bridges, never take the same.
    const isNew = await deps.store.putIfAbsent(startKey(run), due.key);
    if (!isNew && (await holderOf(deps, run)) !== due.key) continue;
    if ((await begin(deps, run, effect, { ...due, fireTime })) || (await isOurs(deps, run, due)))
      return `started ${run}`;
  }
  throw new Poison(`no second of the hour after ${due.at} is free for a run of ${effect.pipeline}`);
}

function runOf({ pipeline, key }: Start, fireTime: string): string {
  return formatRunId({ pipeline, fireTime, ...(key !== undefined && { key }) });
}

/** False where there is such a run already: in Temporal, or in the ledger, which forgets none. */
async function begin(
  { client, taskQueue, ledger }: PerformDeps,
  run: string,
  { pipeline, key, params, interval }: Start,
  { key: event, fireTime }: Due & { readonly fireTime: string },
): Promise<boolean> {
  if ((await ledger.attempts(run)).length > 0) return false;
  const input: RunInput = {
    fireTime,
    startedBy: startedBy(event),
    ...(key !== undefined && { key }),
    ...(params !== undefined && { params }),
    interval: interval ?? { start: fireTime, end: fireTime },
  };
  try {
    await client.workflow.start(pipeline, {
      workflowId: run,
      taskQueue,
      args: [input],
      memo: { startedBy: startedBy(event) },
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
    });
    return true;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
    throw error;
  }
}

/** Whether the run that stands was started for this event, and not by hand in the same second. */
async function isOurs({ client, ledger }: PerformDeps, run: string, { key }: Due): Promise<boolean> {
  const record = await ledger.record(run, 1);
  if (record !== undefined) return record.startedBy === startedBy(key);
  try {
    const { memo } = await client.workflow.getHandle(run).describe();
    return memo?.['startedBy'] === startedBy(key);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

function startedBy(event: string): string {
  return `event ${event}`;
}

/** Where it stands for which event a run's ID is kept. */
function startKey(run: string): string {
  return `events/runs/${objectName(run)}`;
}

async function holderOf({ store }: PerformDeps, run: string): Promise<string> {
  return new TextDecoder().decode(await store.get(startKey(run)));
}
