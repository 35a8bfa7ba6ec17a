/** The read side of assets, and materialisation by hand: what clients ask without a server. */
import { isReady, requirementsOf, targetsOf } from '../../workflows/domain/assets/matching.ts';
import { formatPartition, type Partition } from '../../workflows/domain/assets/partition.ts';
import { formatRunId } from '../../workflows/domain/run-id.ts';
import type { Ledger } from '../ledger/contract.ts';
import type { AssetConsumer, AssetLog, Assets, ListedAsset, WaitingPartition } from './contract.ts';

interface AssetsDependencies {
  readonly log: AssetLog;
  readonly ledger: Pick<Ledger, 'attempts'>;
  readonly consumers: readonly AssetConsumer[];
}

/** Newest events of an asset that are looked at for partitions that wait. */
const RECENT = 200;

export function createAssets(deps: AssetsDependencies): Assets {
  const { log, consumers } = deps;
  return {
    async list() {
      const heard = consumers.flatMap(({ condition }) => condition.inputs.map(({ asset }) => asset));
      const names = [...new Set([...(await log.names()), ...heard])].toSorted();
      return Promise.all(names.map((name) => listed(deps, name)));
    },
    waiting: () => waiting(deps),
    async events(asset, most) {
      const head = await log.head(asset);
      return (await log.read(asset, Math.max(0, head - most), most)).toReversed();
    },
    append: (event) => log.append(event),
  };
}

async function listed({ log, consumers }: AssetsDependencies, asset: string): Promise<ListedAsset> {
  const [events, partitions] = await Promise.all([log.head(asset), log.partitions(asset)]);
  const [last] = events === 0 ? [] : await log.read(asset, events - 1, 1);
  const freshUntil = partitions
    .map(({ end }) => end)
    .toSorted((a, b) => Date.parse(a) - Date.parse(b))
    .at(-1);
  return {
    asset,
    events,
    partitions: partitions.length,
    ...(freshUntil !== undefined && { freshUntil }),
    ...(last !== undefined && { lastEventAt: last.at }),
    consumers: consumers
      .filter(({ condition }) => condition.inputs.some((input) => input.asset === asset))
      .map(({ pipeline }) => pipeline),
  };
}

async function waiting(deps: AssetsDependencies): Promise<WaitingPartition[]> {
  const found = new Map<string, WaitingPartition>();
  for (const consumer of deps.consumers) {
    for (const target of await recentTargets(deps, consumer)) {
      const { key, end } = target;
      const { pipeline } = consumer;
      const run = formatRunId({ pipeline, ...(key !== undefined && { key }), fireTime: end });
      if (found.has(run) || (await deps.ledger.attempts(run)).length > 0) continue;
      found.set(run, await waitingFor(deps, consumer, target, run));
    }
  }
  return [...found.values()].toSorted(
    (a, b) =>
      a.pipeline.localeCompare(b.pipeline) || Date.parse(a.partition.end) - Date.parse(b.partition.end),
  );
}

async function recentTargets({ log }: AssetsDependencies, consumer: AssetConsumer): Promise<Partition[]> {
  const targets = new Map<string, Partition>();
  for (const asset of new Set(consumer.condition.inputs.map((input) => input.asset))) {
    const head = await log.head(asset);
    for (const { partition } of await log.read(asset, Math.max(0, head - RECENT), RECENT)) {
      for (const target of targetsOf(consumer.condition, asset, partition)) {
        targets.set(formatPartition(target), target);
      }
    }
  }
  return [...targets.values()];
}

async function waitingFor(
  { log }: AssetsDependencies,
  { pipeline, condition }: AssetConsumer,
  partition: Partition,
  run: string,
): Promise<WaitingPartition> {
  const requirements = requirementsOf(condition, partition);
  const there = new Set<string>();
  const inputs = await Promise.all(
    requirements.map(async ({ asset, partitions }) => {
      const known = await Promise.all(partitions.map((each) => log.has(asset, each)));
      const missing = partitions.filter((_each, at) => known[at] !== true);
      for (const [at, each] of partitions.entries()) {
        if (known[at] === true) there.add(`${asset} ${formatPartition(each)}`);
      }
      return {
        asset,
        there: partitions.length - missing.length,
        missing,
        isImpossible: partitions.length === 0,
      };
    }),
  );
  const has = (asset: string, each: Partition): boolean => there.has(`${asset} ${formatPartition(each)}`);
  return { pipeline, run, partition, isReady: isReady(condition, requirements, has), inputs };
}
