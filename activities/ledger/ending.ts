/** How a workflow ended, as Temporal tells it. */
import type { Client } from '@temporalio/client';
import { decodeOptionalFailureToOptionalError } from '@temporalio/common/lib/internal-non-workflow/codec-helpers.js';

import type { RecordedError, RunState } from '../../workflows/domain/run-record.ts';
import type { RunHolder } from './contract.ts';
import { newestPart, runParts } from './histories.ts';
import type { HistoryEvent } from './timings.ts';
import { isoTime } from './timings.ts';

export type Ending =
  | { readonly kind: 'open' }
  | { readonly kind: 'forgotten' }
  | {
      readonly kind: 'closed';
      /** The part that ended. */
      readonly runId: string;
      readonly state: Exclude<RunState, 'running'>;
      readonly endedAt: string;
      readonly error?: RecordedError;
    };

/** Of the whole chain of parts that began with the holder's first one. */
export async function endingOf(client: Client, holder: RunHolder): Promise<Ending> {
  // The common case first: a run that goes on costs one short question.
  if ((await newestPart(client, holder))?.isOpen === true) return { kind: 'open' };
  let last;
  for await (const part of runParts(client, holder)) last = part;
  const event = last?.events.at(-1);
  if (last === undefined || event === undefined) return { kind: 'forgotten' };
  const closed = await closing(client, event);
  return closed === undefined
    ? { kind: 'open' }
    : { kind: 'closed', runId: last.runId, endedAt: isoTime(event), ...closed };
}

async function closing(
  client: Client,
  event: HistoryEvent,
): Promise<{ state: Exclude<RunState, 'running'>; error?: RecordedError } | undefined> {
  const terminated = event.workflowExecutionTerminatedEventAttributes;
  if (terminated) {
    const by = terminated.identity ? ` by ${terminated.identity}` : '';
    const message = `terminated${by}: ${terminated.reason || 'no reason given'}`;
    return { state: 'terminated', error: { type: 'Terminated', message } };
  }
  if (event.workflowExecutionTimedOutEventAttributes) {
    const message = 'the run took longer than its workflow may run';
    return { state: 'timed_out', error: { type: 'TimedOut', message } };
  }
  if (event.workflowExecutionCompletedEventAttributes) return { state: 'success' };
  if (event.workflowExecutionCanceledEventAttributes) return { state: 'cancelled' };
  const failed = event.workflowExecutionFailedEventAttributes;
  if (failed) {
    const type = failed.failure?.applicationFailureInfo?.type ?? 'Failed';
    const cause = await decodeOptionalFailureToOptionalError(
      client.options.loadedDataConverter,
      failed.failure,
    );
    return { state: 'failed', error: { type, message: cause?.message ?? '' } };
  }
  return undefined;
}
