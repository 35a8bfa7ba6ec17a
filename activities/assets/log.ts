/**
 * The log of an asset: numbered entries, each written once by put-if-absent, none ever changed. An event first stands
 * under its partition, by its key, so that it is one however often it is told; then in the log, where the bus finds it.
 */
import { createHash } from 'node:crypto';

import { checkedAsset } from '../../workflows/domain/assets/condition.ts';
import { formatPartition, parsePartition, type Partition } from '../../workflows/domain/assets/partition.ts';
import { wholeSecond } from '../../workflows/domain/run-id.ts';
import { objectName } from '../ledger/keys.ts';
import { requireJson } from '../ledger/objects.ts';
import type { ObjectStore } from '../store/contract.ts';
import type { AssetEvent, AssetLog, NumberedEvent } from './contract.ts';

const ASSETS = 'assets/';
const NUMBER_DIGITS = 20;
/** Entries that are read at a time. */
const BATCH = 16;

/** As it stands under its partition: with the number behind which it is to be found in the log. */
interface Told extends AssetEvent {
  readonly after: number;
}

export function createAssetLog(store: ObjectStore, now: () => Date = () => new Date()): AssetLog {
  /** Numbers only grow. */
  const heads = new Map<string, number>();

  async function head(asset: string): Promise<number> {
    let newest = heads.get(asset) ?? 0;
    const after = newest === 0 ? {} : { after: logKey(asset, newest) };
    for await (const { key } of store.list(logPrefix(asset), after)) newest = numberOf(asset, key);
    heads.set(asset, Math.max(newest, heads.get(asset) ?? 0));
    return newest;
  }

  async function tell(event: Omit<AssetEvent, 'at'>): Promise<Told> {
    const { start, end } = event.partition;
    const partition = { ...event.partition, start: wholeSecond(start), end: wholeSecond(end) };
    const told = { ...event, partition, at: now().toISOString(), after: await head(event.asset) };
    const key = eventKey(told);
    return (await store.putIfAbsent(key, JSON.stringify(told))) ? told : requireJson<Told>(store, key);
  }

  return {
    head,
    async append(event) {
      checkedAsset(event.asset);
      const { after, ...told } = await tell(event);
      for (let number = after + 1; ; number += 1) {
        const entry: NumberedEvent = { ...told, number };
        const key = logKey(told.asset, number);
        if (await store.putIfAbsent(key, JSON.stringify(entry))) return entry;
        // A put that timed out but arrived looks like a lost race; so does another try of the same task.
        const standing = await requireJson<NumberedEvent>(store, key);
        if (standing.key === told.key) return standing;
      }
    },
    async read(asset, after, most) {
      const keys: string[] = [];
      const from = after === 0 ? {} : { after: logKey(asset, after) };
      for await (const { key } of store.list(logPrefix(asset), from)) {
        if (keys.push(key) >= most) break;
      }
      const entries: NumberedEvent[] = [];
      for (let at = 0; at < keys.length; at += BATCH) {
        const batch = keys.slice(at, at + BATCH);
        entries.push(...(await Promise.all(batch.map((key) => requireJson<NumberedEvent>(store, key)))));
      }
      return entries;
    },
    async has(asset, partition) {
      for await (const _object of store.list(partitionPrefix(asset, partition))) return true;
      return false;
    },
    async partitions(asset) {
      const prefix = `${assetPrefix(asset)}partitions/`;
      const found = new Map<string, Partition>();
      for await (const { key } of store.list(prefix)) {
        const text = decodeURIComponent(key.slice(prefix.length).split('/')[0] ?? '');
        const partition = parsePartition(text);
        if (partition !== undefined) found.set(text, partition);
      }
      return [...found.values()];
    },
    async names() {
      const names: string[] = [];
      for (let name = await firstName(store); name !== undefined; name = await firstName(store, name)) {
        names.push(name);
      }
      return names;
    },
  };
}

/** The one behind `last`, without a look at all that stands under it. */
async function firstName(store: ObjectStore, last?: string): Promise<string | undefined> {
  // Everything of an asset is under `log/` or `partitions/`.
  const after = last === undefined ? {} : { after: `${assetPrefix(last)}~` };
  for await (const { key } of store.list(ASSETS, after)) return key.slice(ASSETS.length).split('/')[0];
  return undefined;
}

function assetPrefix(asset: string): string {
  return `${ASSETS}${asset}/`;
}

function logPrefix(asset: string): string {
  return `${assetPrefix(asset)}log/`;
}

function logKey(asset: string, number: number): string {
  return `${logPrefix(asset)}${String(number).padStart(NUMBER_DIGITS, '0')}.json`;
}

function numberOf(asset: string, key: string): number {
  return Number(key.slice(logPrefix(asset).length, -'.json'.length));
}

function partitionPrefix(asset: string, partition: Partition): string {
  return `${assetPrefix(asset)}partitions/${objectName(formatPartition(partition))}/`;
}

/** Keys of tasks may be long, and hold slashes. */
function eventKey({ asset, partition, key }: AssetEvent): string {
  const digest = createHash('sha256').update(key).digest('hex').slice(0, 32);
  return `${partitionPrefix(asset, partition)}${digest}.json`;
}
