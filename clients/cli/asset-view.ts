/** Assets as people read them. */
import type { ListedAsset, NumberedEvent, WaitingPartition } from '../../activities/assets/contract.ts';
import { formatPartition } from '../../workflows/domain/assets/partition.ts';
import { groupBy } from '../../workflows/domain/group-by.ts';
import type { Cell } from './output.ts';
import { time } from './run-view.ts';

/** Missing partitions that are named. */
const NAMED = 3;
/** Partitions of a pipeline that are told of. */
const WAITING = 3;

export function assetRow(listed: ListedAsset): (string | Cell)[] {
  const { asset, freshUntil, partitions, events, lastEventAt, consumers } = listed;
  return [
    asset,
    freshUntil ?? { text: 'never produced', colour: 'yellow' },
    String(partitions),
    String(events),
    time(lastEventAt),
    consumers.join(', '),
  ];
}

export function eventRow({ number, partition, at, source }: NumberedEvent): string[] {
  return [String(number), formatPartition(partition), time(at), source];
}

/** The oldest of each pipeline: what has waited longest is what somebody looks for. */
export function waitingLines(waiting: readonly WaitingPartition[]): string[] {
  const byPipeline = groupBy(waiting, ({ pipeline }) => [pipeline]);
  return [...byPipeline].flatMap(([pipeline, partitions]) => {
    const more = partitions.length - WAITING;
    const lines = partitions.slice(0, WAITING).map(waitingLine);
    return more > 0 ? [...lines, `${pipeline} waits for ${more} more: assay assets list --json`] : lines;
  });
}

/** `dailyShop-2026-01-02T00:00:00Z waits for shop.hours: 22 of 24, without …`. */
function waitingLine({ run, isReady, inputs }: WaitingPartition): string {
  if (isReady) return `${run} is about to start`;
  const open = inputs.filter(({ missing, isImpossible }) => missing.length > 0 || isImpossible);
  const texts = open.map(({ asset, there, missing, isImpossible }) => {
    if (isImpossible) return `${asset}, whose partitions never fill its own`;
    const named = missing.slice(0, NAMED).map(formatPartition);
    const more = missing.length > NAMED ? [`${missing.length - NAMED} more`] : [];
    return `${asset} (${there} of ${there + missing.length}; without ${[...named, ...more].join(', ')})`;
  });
  return `${run} waits for ${texts.join(', and ')}`;
}
