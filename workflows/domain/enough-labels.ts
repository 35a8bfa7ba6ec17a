/** Whether there is enough to learn from at all. */

/** Of rows with the label and of rows without: with fewer, no split leaves parts that can be judged. */
export const LEAST_OF_EITHER_CLASS = 100;

export function isEnough({
  rows,
  positives,
}: {
  readonly rows: number;
  readonly positives: number;
}): boolean {
  return positives >= LEAST_OF_EITHER_CLASS && rows - positives >= LEAST_OF_EITHER_CLASS;
}
