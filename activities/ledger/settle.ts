/**
 * Records of runs that ended without their last act: terminated, timed out, or forgotten by Temporal. The workflow's
 * own answer to `assayRecord`, by replay, is the record; its history says how it ended.
 */
import type { Client } from '@temporalio/client';
import { QueryNotRegisteredError } from '@temporalio/client';

import { wholeRecord, type PageAsked, type RecordPage } from '../../workflows/domain/record-pages.ts';
import { parseRunId } from '../../workflows/domain/run-id.ts';
import { RECORD_QUERY } from '../../workflows/domain/run-record.ts';
import type { RunRecord, TaskRecord } from '../../workflows/domain/run-record.ts';
import type { ObjectStore } from '../store/contract.ts';
import type { Claim } from './claim.ts';
import { readClaim } from './claim.ts';
import { timingsOf, writeRecord } from './close.ts';
import type { Ending } from './ending.ts';
import { endingOf } from './ending.ts';
import { openKey, recordKey } from './keys.ts';
import { readJson } from './objects.ts';
import { withTimings } from './timings.ts';

/** Tells whoever listens of a run that was cut off. Idempotent. */
export type TellCutOff = (record: RunRecord) => Promise<void>;

type Closed = Extract<Ending, { kind: 'closed' }>;

/** An attempt that nobody can tell about after so long gets a bare record. */
const PATIENCE = 24 * 3600 * 1000;
/** A claim follows its marker within milliseconds, or within the retries of an activity. */
const ABANDONED = 3600 * 1000;
/** Milliseconds for a replay; a query without a worker would hang. */
const ANSWER = 20_000;

/** @returns false where the attempt is still running, or where nothing can be said of it yet */
export async function settle(
  store: ObjectStore,
  client: Client,
  run: string,
  attempt: number,
  tell: TellCutOff = async () => undefined,
): Promise<boolean> {
  const claim = await readClaim(store, run, attempt);
  if (claim === undefined) return forgetUnclaimed(store, run, attempt);
  if ((await store.head(recordKey(run, attempt))) !== undefined) {
    await store.delete([openKey(run, attempt)]);
    return true;
  }
  const ending = await endingOf(client, claim.holder);
  if (ending.kind === 'open') return false;
  const record =
    ending.kind === 'closed'
      ? await closedRecord(client, run, attempt, claim, ending)
      : bareRecord(run, attempt, claim, FORGOTTEN);
  if (record === undefined) return false;
  // Before the record stands: nobody comes back to tell it afterwards, and telling it again changes nothing.
  await tell(record);
  await writeRecord(store, record);
  return true;
}

const FORGOTTEN = {
  state: 'terminated',
  error: {
    type: 'HistoryLost',
    message:
      'Temporal knows nothing of this run and it wrote no record: its server was replaced, or its retention ran out',
  },
} as const;

/** The marker of an attempt is written just before its claim; only one that was left behind may go. */
async function forgetUnclaimed(store: ObjectStore, run: string, attempt: number): Promise<boolean> {
  const marker = await readJson<Claim>(store, openKey(run, attempt));
  if (marker !== undefined && Date.now() - Date.parse(marker.claimedAt) < ABANDONED) return false;
  await store.delete([openKey(run, attempt)]);
  return true;
}

async function closedRecord(
  client: Client,
  run: string,
  attempt: number,
  claim: Claim,
  ending: Closed,
): Promise<RunRecord | undefined> {
  const told = await ask(client, claim, ending.runId);
  if (told === 'later' && Date.now() - Date.parse(claim.claimedAt) < PATIENCE) return undefined;
  if (typeof told === 'string') return bareRecord(run, attempt, claim, ending);
  return ended(withTimings(told, await timingsOf(client, claim.holder)), ending);
}

/** `later`: no worker answered. `never`: the workflow can't be replayed, was cut off before its claim, or isn't ours. */
async function ask(client: Client, claim: Claim, runId: string): Promise<RunRecord | 'later' | 'never'> {
  const handle = client.workflow.getHandle(claim.holder.workflowId, runId);
  try {
    return await client.withDeadline(Date.now() + ANSWER, () =>
      wholeRecord((page) => handle.query<RecordPage, [PageAsked]>(RECORD_QUERY, page)),
    );
  } catch (error) {
    return error instanceof QueryNotRegisteredError ? 'never' : 'later';
  }
}

/** What was under way when the run was cut off failed with it; what had not started stays `scheduled`. */
function ended(record: RunRecord, { state, endedAt, error }: Closed): RunRecord {
  const told = record.state === 'running' ? state : record.state;
  return {
    ...record,
    state: told,
    endedAt: record.endedAt ?? endedAt,
    ...(record.error === undefined && error !== undefined ? { error } : {}),
    tasks: record.tasks.map((task) => (isUnderWay(task) ? cutOff(task, state, endedAt) : task)),
  };
}

function isUnderWay({ state }: TaskRecord): boolean {
  return state === 'queued' || state === 'running' || state === 'deferred' || state === 'up_for_retry';
}

function cutOff(task: TaskRecord, state: string, endedAt: string): TaskRecord {
  const message = `cut off: the run was ${state.replace('_', ' ')}`;
  return { ...task, state: 'failed', endedAt, error: { type: 'RunEnded', message } };
}

/** All that the claim and the ID tell. */
function bareRecord(
  run: string,
  attempt: number,
  claim: Claim,
  ending: Pick<Closed, 'state' | 'error'> & { readonly endedAt?: string },
): RunRecord {
  const { pipeline, key, fireTime } = parseRunId(run) ?? { pipeline: run, fireTime: claim.claimedAt };
  const { holder, startedBy = 'unknown', claimedAt } = claim;
  return {
    run,
    pipeline,
    ...(key === undefined ? {} : { key }),
    attempt,
    state: ending.state,
    interval: { start: fireTime, end: fireTime },
    params: {},
    startedBy,
    codeVersion: 'unknown',
    workflowId: holder.workflowId,
    workflowRunId: holder.firstRunId,
    startedAt: claimedAt,
    clock: claimedAt,
    endedAt: ending.endedAt ?? new Date().toISOString(),
    tasks: [],
    ...(ending.error === undefined ? {} : { error: ending.error }),
  };
}
