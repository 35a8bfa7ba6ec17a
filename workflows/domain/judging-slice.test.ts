import { expect, test } from 'vitest';
import { judgingSliceStart } from './judging-slice.ts';

const MATURED = ['1', '2', '3', '4'].map((start) => ({ start, rows: 4000, positives: 400 }));

test.each([
  ['the newest interval suffices', '1', 400, '4'],
  ['older ones are pooled until there are enough positives', '1', 801, '2'],
  ['what the champion was trained on is never judged on', '3', 5000, '4'],
  ['nothing is newer than the champion', '4', 400, undefined],
])('the slice begins where %s', (_why, championUntil, minPositives, expected) => {
  expect(judgingSliceStart(MATURED, championUntil, minPositives)).toBe(expected);
});
