/** Tasks cut into pieces that fit a payload. */
import type { TaskRecord } from './run-record.ts';

/** What is carried inline at most: by a continue-as-new, a record, a child's input. */
export const INLINE_BYTES = 256 * 1024;
/** A payload may have 2 MiB, and the server warns from 512 KiB on. */
const CHUNK_BYTES = 448 * 1024;

/** Characters of the JSON: what decides whether tasks are carried inline. */
export function weightOf(value: unknown): number {
  return JSON.stringify(value)?.length ?? 0;
}

/** In order; a single task is at most some 64 KiB, so that no chunk is much heavier than its limit. */
export function chunksOf(
  tasks: readonly TaskRecord[],
  limit = CHUNK_BYTES,
): readonly (readonly TaskRecord[])[] {
  const chunks: TaskRecord[][] = [];
  let room = 0;
  for (const task of tasks) {
    const weight = weightOf(task);
    if (weight > room || chunks.length === 0) {
      chunks.push([]);
      room = limit;
    }
    room -= weight;
    chunks.at(-1)?.push(task);
  }
  return chunks;
}
