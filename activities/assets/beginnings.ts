/** From which event on a consumer listens: written down when it is first seen, so that no loss of state moves it. */
import { objectName } from '../ledger/keys.ts';
import { requireJson } from '../ledger/objects.ts';
import type { ObjectStore } from '../store/contract.ts';
import type { AssetConsumer, AssetLog } from './contract.ts';

export type Beginnings = (consumer: AssetConsumer) => Promise<Readonly<Record<string, number>>>;

/** What an asset held before a consumer was there is for a backfill to run. */
export function createBeginnings(store: ObjectStore, log: Pick<AssetLog, 'head'>): Beginnings {
  const known = new Map<string, number>();
  const beginning = async (pipeline: string, asset: string): Promise<number> => {
    const key = `consumers/${objectName(pipeline)}/${asset}.json`;
    const standing = known.get(key);
    if (standing !== undefined) return standing;
    await store.putIfAbsent(key, JSON.stringify({ after: await log.head(asset) }));
    const { after } = await requireJson<{ after: number }>(store, key);
    known.set(key, after);
    return after;
  };
  return async ({ pipeline, condition }) => {
    const assets = [...new Set(condition.inputs.map(({ asset }) => asset))];
    const numbers = await Promise.all(assets.map((asset) => beginning(pipeline, asset)));
    return Object.fromEntries(assets.map((asset, at) => [asset, numbers[at] ?? 0]));
  };
}
