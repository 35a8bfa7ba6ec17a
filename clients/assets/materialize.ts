/** Says by hand that a partition of an asset is there, as a task would that produces it. */
import { randomUUID } from 'node:crypto';

import type { NumberedEvent } from '../../activities/assets/contract.ts';
import { assetBusId, WAKE } from '../../workflows/domain/assets/bus.ts';
import { checkedAsset } from '../../workflows/domain/assets/condition.ts';
import type { Partition } from '../../workflows/domain/assets/partition.ts';
import { keyProblem } from '../../workflows/domain/run-key.ts';
import { timeAt } from '../../workflows/domain/time-text.ts';
import { Refusal } from '../refusal.ts';
import type { AssetServices } from './services.ts';

export interface Materialized {
  readonly event: NumberedEvent;
  /** False where no server could be reached: consumers start once there is one. */
  readonly isHeard: boolean;
}

/** @throws Refusal InvalidAsset, InvalidPartition */
export async function materialize(
  services: AssetServices,
  asset: string,
  { start, end, key }: Partition,
  by: string,
): Promise<Materialized> {
  checkName(asset);
  const [from, to] = [timeAt(start), timeAt(end)];
  if (from === undefined || to === undefined || from > to) {
    const message = `${start}/${end} is no partition: two RFC 3339 times are expected, the later one last`;
    throw new Refusal('InvalidPartition', message, { next: 'assay assets materialize --help' });
  }
  const wrongKey = key === undefined ? undefined : keyProblem(key);
  if (wrongKey !== undefined)
    throw new Refusal('InvalidPartition', wrongKey, { next: 'assay assets materialize --help' });
  const partition = {
    start: new Date(from).toISOString(),
    end: new Date(to).toISOString(),
    ...(key !== undefined && { key }),
  };
  const event = await services.assets.append({
    asset,
    partition,
    key: `by hand/${randomUUID()}`,
    source: by,
  });
  return { event, isHeard: await wake(services) };
}

/** The event stands whether or not the bus hears of it now. */
async function wake({ client: connect, taskQueue }: AssetServices): Promise<boolean> {
  try {
    const client = await connect();
    await client.workflow.signalWithStart('assetBus', {
      workflowId: assetBusId(taskQueue),
      taskQueue,
      args: [],
      signal: WAKE,
    });
    return true;
  } catch (error) {
    if (error instanceof Error) return false;
    throw error;
  }
}

function checkName(asset: string): void {
  try {
    checkedAsset(asset);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new Refusal('InvalidAsset', error.message, { next: 'assay assets list' });
  }
}
