/** An attempt that the ledger has no record of yet, as Temporal and the workflow itself tell it. */
import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { decodeOptionalFailureToOptionalError } from '@temporalio/common/lib/internal-non-workflow/codec-helpers.js';
import type { temporal } from '@temporalio/proto';

import { parseActivityId, taskLabel } from '../../workflows/domain/activity-id.ts';
import { wholeRecord, type PageAsked, type RecordPage } from '../../workflows/domain/record-pages.ts';
import { NOT_YET } from '../../workflows/domain/tries.ts';
import { RECORD_QUERY } from '../../workflows/domain/run-record.ts';
import type { RunRecord, RunState, TaskRecord } from '../../workflows/domain/run-record.ts';
import { describe, stateOf } from './description.ts';
import type { FoundAttempt } from './find.ts';

type Pending = temporal.api.workflow.v1.IPendingActivityInfo;

export interface LiveRun {
  readonly state: RunState;
  /** Absent where no worker answers. */
  readonly record: RunRecord | undefined;
}

/** A worker that is there answers at once; a query without one would hang. */
const PATIENCE = 5000;
/** `PendingActivityState` of the protocol. */
const STARTED = 2;

/** `undefined` where Temporal knows nothing of it. */
export async function liveRun(client: Client, found: FoundAttempt): Promise<LiveRun | undefined> {
  const description = await describe(client, found.holder.workflowId);
  if (description === undefined) return undefined;
  const state = stateOf(description);
  const record = await answer(client, description);
  if (record === undefined) return { state, record };
  const tasks = await withPending(client, record.tasks, description.raw.pendingActivities ?? []);
  // Whatever it says of itself: it is not over before its record is written and its workflow closed.
  const { endedAt: _endedAt, ...open } = record;
  if (state === 'running') return { state, record: { ...open, state, tasks } };
  const closed = record.state === 'running' ? state : record.state;
  return { state, record: { ...record, state: closed, tasks } };
}

async function answer(
  client: Client,
  { workflowId, runId }: WorkflowExecutionDescription,
): Promise<RunRecord | undefined> {
  const handle = client.workflow.getHandle(workflowId, runId);
  try {
    return await client.withDeadline(Date.now() + PATIENCE, () =>
      wholeRecord((page) => handle.query<RecordPage, [PageAsked]>(RECORD_QUERY, page)),
    );
  } catch (error) {
    // No poller within the deadline, or a workflow that can't be replayed: there is no answer to be had now.
    if (error instanceof Error) return undefined;
    throw error;
  }
}

/** What only the server knows: whether a worker has the activity, how often it was tried, and why it failed last. */
function withPending(
  client: Client,
  tasks: readonly TaskRecord[],
  pending: readonly Pending[],
): Promise<readonly TaskRecord[]> {
  const byTask = new Map<string, Pending>();
  for (const activity of pending) {
    const parsed = parseActivityId(activity.activityId ?? '');
    if (parsed !== undefined) byTask.set(taskLabel(parsed.task, parsed.index), activity);
  }
  const whole = tasks.map(async (task) => {
    const activity = byTask.get(taskLabel(task.name, task.index));
    if (activity === undefined) return task;
    if (task.state === 'deferred') return looking(client, task, activity);
    return task.state === 'running' ? refined(client, task, activity) : task;
  });
  return Promise.all(whole);
}

/** A sensor: how often it has looked, and what it still misses. */
async function looking(client: Client, task: TaskRecord, activity: Pending): Promise<TaskRecord> {
  const missing = await lastError(client, activity);
  const reason = [missing?.message, task.reason].filter((part) => part).join('; ');
  return { ...task, polls: activity.attempt ?? 1, ...(reason !== '' && { reason }) };
}

function lastError(client: Client, { lastFailure }: Pending): Promise<Error | undefined> {
  return decodeOptionalFailureToOptionalError(client.options.loadedDataConverter, lastFailure);
}

async function refined(client: Client, task: TaskRecord, activity: Pending): Promise<TaskRecord> {
  const repeated = (activity.attempt ?? 1) - 1;
  const started = activity.lastStartedTime?.seconds;
  const failure = activity.lastFailure;
  const type = failure?.applicationFailureInfo?.type ?? failure?.source ?? 'Failed';
  // It looks again and again at something outside; how that stands, the task's own note says.
  if (type === NOT_YET) return task;
  const cause = await lastError(client, activity);
  return {
    ...task,
    state: activity.state === STARTED ? 'running' : repeated > 0 ? 'up_for_retry' : 'queued',
    tries: task.tries + repeated,
    ...(activity.state === STARTED && started
      ? { startedAt: new Date(Number(started) * 1000).toISOString() }
      : {}),
    ...(cause ? { error: { type, message: cause.message } } : {}),
  };
}
