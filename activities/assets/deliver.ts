/** From events to runs: every consumer for which a partition has become complete is started for it, once. */
import { isReady, requirementsOf, targetsOf } from '../../workflows/domain/assets/matching.ts';
import { formatPartition, type Partition } from '../../workflows/domain/assets/partition.ts';
import type { RunTrigger } from '../../workflows/domain/assets/trigger.ts';
import { formatRunId } from '../../workflows/domain/run-id.ts';
import { attempt } from '../attempt.ts';
import type { Ledger } from '../ledger/contract.ts';
import type { StartRun } from '../run-starter.ts';
import type { AssetConsumer, AssetCursors, AssetLog, Delivered, NumberedEvent } from './contract.ts';

export interface DeliverDependencies {
  readonly log: AssetLog;
  readonly ledger: Pick<Ledger, 'attempts' | 'paused'>;
  readonly startRun: StartRun;
  /** Where a consumer begins to listen to an asset: what was there before it starts nothing. */
  readonly beginnings: (consumer: AssetConsumer) => Promise<Readonly<Record<string, number>>>;
}

interface Due {
  readonly consumer: AssetConsumer;
  readonly target: Partition;
  readonly run: string;
  /** The newest event that counts for it. */
  readonly event: NumberedEvent;
}

/** Events of one asset for one consumer in one go. */
const MOST = 200;

export async function deliver(
  deps: DeliverDependencies,
  consumers: readonly AssetConsumer[],
  cursors: AssetCursors,
): Promise<Delivered> {
  const next: Record<string, Record<string, number>> = {};
  const due = new Map<string, Due>();
  let isMore = false;
  for (const consumer of consumers) {
    const own = { ...(await deps.beginnings(consumer)), ...cursors[consumer.pipeline] };
    next[consumer.pipeline] = own;
    // What is produced meanwhile lies behind its cursors until it is resumed.
    if ((await deps.ledger.paused(consumer.pipeline)) !== undefined) continue;
    for (const asset of new Set(consumer.condition.inputs.map((input) => input.asset))) {
      const events = await deps.log.read(asset, own[asset] ?? 0, MOST);
      isMore ||= events.length === MOST;
      own[asset] = events.at(-1)?.number ?? own[asset] ?? 0;
      for (const event of events) {
        for (const one of dueOf(consumer, event)) due.set(one.run, one);
      }
    }
  }
  const started: string[] = [];
  for (const one of due.values()) if (await startOnce(deps, one)) started.push(one.run);
  return { cursors: next, started, isMore };
}

function dueOf(consumer: AssetConsumer, event: NumberedEvent): Due[] {
  const { pipeline, condition } = consumer;
  return targetsOf(condition, event.asset, event.partition).map((target) => {
    const { key, end } = target;
    const run = formatRunId({ pipeline, ...(key !== undefined && { key }), fireTime: end });
    return { consumer, target, run, event };
  });
}

/** False where something is missing, and where the run was started before: by this event or by another. */
async function startOnce(deps: DeliverDependencies, { consumer, target, run, event }: Due): Promise<boolean> {
  const requirements = requirementsOf(consumer.condition, target);
  const there = new Set<string>();
  for (const { asset, partitions } of requirements) {
    const known = await Promise.all(partitions.map((partition) => deps.log.has(asset, partition)));
    for (const [at, partition] of partitions.entries())
      if (known[at] === true) there.add(label(asset, partition));
  }
  const has = (asset: string, partition: Partition): boolean => there.has(label(asset, partition));
  if (!isReady(consumer.condition, requirements, has)) return false;
  if ((await deps.ledger.attempts(run)).length > 0) return false;
  const trigger: RunTrigger = {
    completedBy: {
      asset: event.asset,
      partition: formatPartition(event.partition),
      source: event.source,
    },
    inputs: requirements.map(({ asset, partitions }) => ({
      asset,
      partitions: partitions.filter((partition) => has(asset, partition)).map(formatPartition),
    })),
  };
  const { key, start, end } = target;
  const isStarted = await deps.startRun({
    pipeline: consumer.pipeline,
    run,
    input: {
      ...(key !== undefined && { key }),
      fireTime: end,
      interval: { start, end },
      startedBy: `assets ${[...new Set(requirements.map(({ asset }) => asset))].join(', ')}`,
      trigger,
    },
  });
  if (isStarted) attempt().log('started', { run, asset: event.asset, event: event.number });
  return isStarted;
}

function label(asset: string, partition: Partition): string {
  return `${asset} ${formatPartition(partition)}`;
}
