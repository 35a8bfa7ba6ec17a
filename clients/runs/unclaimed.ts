/** An attempt that was started and has not claimed the run: no worker has come to it, or its params were refused. */
import { WorkflowFailedError } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';

import type { RunHolder } from '../../activities/ledger/contract.ts';
import { parseRunId } from '../../workflows/domain/run-id.ts';
import type { RecordedError, RunRecord, RunState } from '../../workflows/domain/run-record.ts';
import { describe, stateOf } from './description.ts';
import type { RunServices } from './services.ts';

const WAITING = 'it has not begun: no worker has taken it up yet, or its pipeline is paused';

/** The attempt after `attempts`; `undefined` where Temporal has none, or can't be asked. */
export async function unclaimedRun(
  { ledger, client: connect }: Pick<RunServices, 'ledger' | 'client'>,
  run: string,
  attempts: readonly number[],
): Promise<{ record: RunRecord; note?: string } | undefined> {
  if (parseRunId(run) === undefined) return undefined;
  const client = await connect().catch(() => undefined);
  const description = client && (await describe(client, run));
  if (client === undefined || description === undefined) return undefined;
  const newest = attempts.at(-1) ?? 0;
  const firstRunId = description.raw.workflowExecutionInfo?.firstRunId ?? description.runId;
  // The workflow of this ID may be that of an attempt that has claimed the run.
  if ((await ledger.holder(run, newest))?.firstRunId === firstRunId) return undefined;
  const state = stateOf(description);
  const record = bareRecord(run, newest + 1, state, { workflowId: run, firstRunId });
  const startedAt = description.startTime.toISOString();
  if (state === 'running') return { record: { ...record, startedAt }, note: WAITING };
  const error = await failureOf(client, run, description.runId);
  const endedAt = description.closeTime?.toISOString() ?? startedAt;
  return { record: { ...record, startedAt, endedAt, ...(error === undefined ? {} : { error }) } };
}

/** What the ID and the holder tell. */
export function bareRecord(run: string, attempt: number, state: RunState, holder: RunHolder): RunRecord {
  const { pipeline, key, fireTime } = parseRunId(run) ?? { pipeline: run, fireTime: '' };
  return {
    run,
    pipeline,
    ...(key === undefined ? {} : { key }),
    attempt,
    state,
    interval: { start: fireTime, end: fireTime },
    params: null,
    startedBy: 'unknown',
    codeVersion: 'unknown',
    workflowId: holder.workflowId,
    workflowRunId: holder.firstRunId,
    startedAt: fireTime,
    clock: fireTime,
    tasks: [],
  };
}

async function failureOf(client: Client, run: string, runId: string): Promise<RecordedError | undefined> {
  try {
    await client.workflow.getHandle(run, runId).result();
    return undefined;
  } catch (error) {
    const cause = error instanceof WorkflowFailedError ? error.cause : error;
    const type = cause instanceof ApplicationFailure ? cause.type : undefined;
    return cause instanceof Error ? { type: type ?? cause.name, message: cause.message } : undefined;
  }
}
