/** The last act of an attempt: its record is completed, written, and moved from the open runs to the closed. */
import type { Client } from '@temporalio/client';

import type { MemoPart, RunRecord } from '../../workflows/domain/run-record.ts';
import { attempt as currentTry } from '../attempt.ts';
import type { ObjectStore } from '../store/contract.ts';
import { readClaim } from './claim.ts';
import type { RunHolder, RunSummary } from './contract.ts';
import { runParts } from './histories.ts';
import { closedKey, openKey, queuedKey, recordKey, sortKey } from './keys.ts';
import { loadTasks } from './memo.ts';
import { writeJson } from './objects.ts';
import { activityTimings, withTimings } from './timings.ts';
import type { ActivityTiming } from './timings.ts';

const FAILED: readonly RunRecord['state'][] = ['failed', 'timed_out', 'terminated'];
/** Bytes of params that a summary carries. */
const LIGHT = 1024;

export async function close(
  store: ObjectStore,
  client: Client,
  input: { record: RunRecord; parts?: readonly MemoPart[] },
): Promise<void> {
  const { workflowId, workflowRunId: firstRunId } = input.record;
  const [record, timings, claimedAt] = await Promise.all([
    withTasks(store, input.record, input.parts ?? []),
    timingsOf(client, { workflowId, firstRunId }),
    whenClaimed(store, input.record),
  ]);
  await write(store, withTimings(record, timings), claimedAt);
}

export async function writeRecord(store: ObjectStore, record: RunRecord): Promise<void> {
  await write(store, record, await whenClaimed(store, record));
}

async function whenClaimed(store: ObjectStore, { run, attempt, startedAt }: RunRecord): Promise<string> {
  return (await readClaim(store, run, attempt))?.claimedAt ?? startedAt;
}

/** Safe to repeat, and after a kill at any point: the record first, then the views of it. */
async function write(store: ObjectStore, record: RunRecord, claimedAt: string): Promise<void> {
  const { run, attempt } = record;
  await writeJson(store, recordKey(run, attempt), record);
  await writeJson(store, closedKey(sortKey(run, attempt, claimedAt)), summaryOf(record, claimedAt));
  if (FAILED.includes(record.state)) currentTry().measure('runs_failed', 1, { pipeline: record.pipeline });
  await store.delete([openKey(run, attempt), queuedKey(run, attempt)]);
}

export async function timingsOf(client: Client, holder: RunHolder): Promise<ActivityTiming[]> {
  const timings: ActivityTiming[] = [];
  for await (const part of runParts(client, holder)) timings.push(...activityTimings(part.events));
  return timings;
}

async function withTasks(
  store: ObjectStore,
  record: RunRecord,
  parts: readonly MemoPart[],
): Promise<RunRecord> {
  if (parts.length === 0) return record;
  const tasks = await Promise.all(parts.map((part) => loadTasks(store, part)));
  return { ...record, tasks: [...record.tasks, ...tasks.flat()] };
}

function summaryOf(record: RunRecord, claimedAt: string): RunSummary {
  const { run, pipeline, attempt, state, startedAt, endedAt, startedBy, tags, params, tasks } = record;
  const failed = tasks.filter((task) => task.state === 'failed').map((task) => task.name);
  return {
    run,
    pipeline,
    attempt,
    state,
    claimedAt,
    startedAt,
    ...(endedAt === undefined ? {} : { endedAt }),
    startedBy,
    ...(tags === undefined ? {} : { tags }),
    ...(JSON.stringify(params ?? null).length > LIGHT ? {} : { params }),
    failed: [...new Set(failed)],
  };
}
