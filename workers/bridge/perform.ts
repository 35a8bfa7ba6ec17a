/** Effects of events, by Temporal's client. */
import { createHash } from 'node:crypto';
import { isGrpcServiceError, type Client } from '@temporalio/client';
import { encodeToPayloads } from '@temporalio/common/lib/internal-non-workflow/codec-helpers.js';

import type { AssetActivities } from '../../activities/assets/contract.ts';
import type { Ledger } from '../../activities/ledger/contract.ts';
import type { ObjectStore } from '../../activities/store/contract.ts';
import type { Effect } from '../../workflows/domain/events/rule.ts';
import { parseRunId } from '../../workflows/domain/run-id.ts';
import { Poison } from './bridge.ts';
import { startRun } from './start-run.ts';
import { wakeSensors } from './wake.ts';

/** Of gRPC. */
const NOT_FOUND = 5;

export interface PerformDeps {
  readonly client: Client;
  readonly taskQueue: string;
  readonly store: ObjectStore;
  readonly ledger: Ledger;
  readonly pipelines: ReadonlyMap<string, unknown>;
  readonly assets: Pick<AssetActivities, 'record'>;
}

export interface Due {
  readonly key: string;
  /** RFC 3339: when the event happened. */
  readonly at: string;
}

export function createPerform(deps: PerformDeps): (effect: Effect, due: Due) => Promise<string> {
  return async (effect, due) => {
    if ('pipeline' in effect && !deps.pipelines.has(effect.pipeline)) {
      throw new Poison(`no pipeline is named ${effect.pipeline}: correct the rule in temporal.config.ts`);
    }
    switch (effect.do) {
      case 'start':
        return startRun(deps, effect, due);
      case 'signal':
        return signal(deps.client, effect.workflow, effect, due);
      case 'signal-runs': {
        const runs = await openRuns(deps.ledger, effect);
        await Promise.all(runs.map((workflowId) => signal(deps.client, workflowId, effect, due)));
        return `signalled ${runs.length} runs`;
      }
      case 'asset':
        await deps.assets.record({
          asset: effect.asset,
          partition: effect.partition,
          key: due.key,
          source: `event ${due.key}`,
        });
        return `told of ${effect.asset} up to ${effect.partition.end}`;
      case 'wake': {
        const runs = await openRuns(deps.ledger, effect);
        const woken = await Promise.all(runs.map((workflowId) => wakeSensors(deps.client, workflowId)));
        return `woke ${woken.reduce((sum, count) => sum + count, 0)} sensors`;
      }
    }
  };
}

/** Workflow IDs: of the newest attempts, for a run has one workflow for each. */
async function openRuns(
  ledger: Ledger,
  { pipeline, key }: { pipeline: string; key?: string },
): Promise<string[]> {
  const open = await ledger.open();
  return open
    .filter((one) => one.pipeline === pipeline && (key === undefined || parseRunId(one.run)?.key === key))
    .map(({ holder }) => holder.workflowId);
}

/** The server drops a second signal of the same request; the client itself would make up another every time. */
async function signal(
  client: Client,
  workflowId: string,
  { signal: signalName, payload }: { signal: string; payload?: unknown },
  { key }: Due,
): Promise<string> {
  const { namespace, identity, loadedDataConverter } = client.options;
  try {
    await client.workflowService.signalWorkflowExecution({
      namespace,
      identity,
      workflowExecution: { workflowId },
      signalName,
      input: {
        payloads:
          (await encodeToPayloads(loadedDataConverter, ...(payload === undefined ? [] : [payload]))) ?? null,
      },
      requestId: createHash('sha256').update(`${key} ${workflowId}`).digest('hex'),
    });
    return `signalled ${workflowId}`;
  } catch (error) {
    // It has ended, or never ran: nobody waits.
    if (isGrpcServiceError(error) && error.code === NOT_FOUND) return `${workflowId} does not run`;
    throw error;
  }
}
