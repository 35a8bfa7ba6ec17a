/**
 * Which partition of a consumer an event counts for, and whether all is there that it needs. Both depend on what
 * partitions there are, not on the order or the number of events: told twice or in any order, they start the same.
 */
import { fireTimes } from '../calendar/fire-times.ts';
import { intervalsWithin } from '../calendar/intervals.ts';
import type { AssetCondition, AssetInput } from './condition.ts';
import { formatPartition, type Partition } from './partition.ts';

/** What an input needs for a partition of the consumer; no partitions at all where these can never be complete. */
export interface Requirement {
  readonly asset: string;
  readonly partitions: readonly Partition[];
}

/** The consumer's partitions that an event may have completed. */
export function targetsOf(condition: AssetCondition, asset: string, partition: Partition): Partition[] {
  const targets = condition.inputs
    .filter((input) => input.asset === asset)
    .map((input) => targetOf(input, partition))
    .filter((target) => target !== undefined);
  return [...new Map(targets.map((target) => [formatPartition(target), target])).values()];
}

export function requirementsOf({ inputs }: AssetCondition, target: Partition): Requirement[] {
  return inputs.map((input) => ({ asset: input.asset, partitions: sourcesOf(input, target) }));
}

/** @param has whether there is an event of the partition */
export function isReady(
  { need }: Pick<AssetCondition, 'need'>,
  requirements: readonly Requirement[],
  has: (asset: string, partition: Partition) => boolean,
): boolean {
  const met = ({ asset, partitions }: Requirement): boolean =>
    partitions.length > 0 && partitions.every((partition) => has(asset, partition));
  return need === 'all' ? requirements.every(met) : requirements.some(met);
}

function targetOf({ keys, rollUp }: AssetInput, { key, start, end }: Partition): Partition | undefined {
  if (keys !== undefined && (key === undefined || !keys.includes(key))) return undefined;
  const kept = keys === undefined && key !== undefined ? { key } : {};
  if (rollUp === undefined) return { start, end, ...kept };
  const [each, into] = [fireTimes(rollUp.each), fireTimes(rollUp.into)];
  if (!each.has(start) || each.next(start) !== end) return undefined;
  const last = into.has(end) ? end : into.next(end);
  const first = last === undefined ? undefined : into.previous(last);
  if (last === undefined || first === undefined || Date.parse(first) > Date.parse(start)) return undefined;
  return { start: first, end: last, ...kept };
}

function sourcesOf({ keys, rollUp }: AssetInput, { start, end, key }: Partition): Partition[] {
  const own = key === undefined ? {} : { key };
  const places = keys === undefined ? [own] : keys.map((each) => ({ key: each }));
  if (keys !== undefined && key !== undefined) return [];
  if (rollUp === undefined) return places.map((place) => ({ start, end, ...place }));
  const [each, into] = [fireTimes(rollUp.each), fireTimes(rollUp.into)];
  const onGrids = into.has(start) && into.next(start) === end && each.has(start) && each.has(end);
  if (!onGrids) return [];
  const parts = [...intervalsWithin({ timetable: rollUp.each, from: start, to: end, order: 'forwards' })];
  return places.flatMap((place) => parts.map((part) => ({ ...part, ...place })));
}
