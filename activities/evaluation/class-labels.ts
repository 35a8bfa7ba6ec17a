/** Labels as they stand in a file, told apart as classes. */
import type { Session } from '../lake/contract.ts';

/** A label with more values than this is a number that somebody took for a class. */
export const MOST_CLASSES = 1_000;

const CODES = new Map([
  ['1', 1],
  ['true', 1],
  ['0', 0],
  ['false', 0],
]);

/** Numbers before texts, each in their order. At most one more than `MOST_CLASSES`. */
export async function distinctLabels(session: Session, column: 'label' | 'predicted'): Promise<string[]> {
  const rows = await session.rows<{ value: string }>(
    `SELECT DISTINCT ${column} AS value FROM chosen LIMIT ${MOST_CLASSES + 1}`,
  );
  return inOrder(rows.map(({ value }) => classOf(value)));
}

/** Each once. */
export function inOrder(labels: readonly string[]): string[] {
  return [...new Set(labels)].toSorted(byValue);
}

/** `3.0`, as floating-point columns write whole numbers, is the class `3`. */
export function classOf(text: string): string {
  return text.trim().replace(/^([+-]?\d+)\.0+$/, '$1');
}

/** 1 or 0; undefined for a label that is neither. Where a positive label is named, every other one is 0. */
export function binaryCode(label: string, positive: string | undefined): number | undefined {
  if (positive !== undefined) return label === classOf(positive) ? 1 : 0;
  return CODES.get(label.toLowerCase());
}

/**
 * The class of each column: the one that the column is named after, whole or behind what all the
 * columns begin with (`p_low`, `p_high`). Undefined where a column is named after none.
 */
export function classesOfColumns(
  columns: readonly string[],
  labels: readonly string[],
): string[] | undefined {
  const known = new Set(labels);
  const begin = commonBeginning(columns);
  for (let length = begin.length; length >= 0; length -= 1) {
    const names = columns.map((column) => classOf(column.slice(length)));
    if (labels.every((label) => names.includes(label))) return names;
    if (length === 0 && names.every((name) => known.has(name))) return names;
  }
  return undefined;
}

function commonBeginning([first = '', ...others]: readonly string[]): string {
  let length = first.length;
  for (const other of others) while (!other.startsWith(first.slice(0, length))) length -= 1;
  return first.slice(0, length);
}

function byValue(one: string, other: string): number {
  const [number, another] = [Number(one), Number(other)];
  if (!Number.isNaN(number) && !Number.isNaN(another) && number !== another) return number - another;
  if (Number.isNaN(number) !== Number.isNaN(another)) return Number.isNaN(number) ? 1 : -1;
  return one < other ? -1 : 1;
}
