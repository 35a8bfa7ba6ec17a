/** A part of an asset: the data of one interval, of one project or region where there are several. */
import type { Interval } from '../interval.ts';

export interface Partition extends Interval {
  readonly key?: string;
}

const TEXT = /^(?<start>[^/@]+)\/(?<end>[^/@]+)(?:@(?<key>.+))?$/;

/** `2026-01-01T00:00:00Z/2026-01-02T00:00:00Z`, with `@eu` behind it where it has a key. */
export function formatPartition({ start, end, key }: Partition): string {
  return `${start}/${end}${key === undefined ? '' : `@${key}`}`;
}

/** `undefined` for what is no partition's text. */
export function parsePartition(text: string): Partition | undefined {
  const { start, end, key } = TEXT.exec(text)?.groups ?? {};
  if (start === undefined || end === undefined) return undefined;
  if (!(Date.parse(start) <= Date.parse(end))) return undefined;
  return { start, end, ...(key !== undefined && { key }) };
}
