import { describe, expect, test } from 'vitest';
import { labelledScores, scoreGroups } from './labelled-scores.ts';
import { definedSample } from './testing/samples.ts';

describe('labelledScores', () => {
  test.each([
    ['nothing at all', [], [], '0 positives and 0 negatives'],
    ['one class only', [0.1, 0.2, 0.3], [0, 0, 0], '0 positives and 3 negatives'],
    ['a single positive', [0.1, 0.2, 0.3], [0, 0, 1], '1 positives and 2 negatives'],
    ['a NaN', [0.1, Number.NaN, 0.3, 0.4], [0, 0, 1, 1], 'row 1 has the score NaN'],
    ['a score above one', [0.1, 0.2, 1.3, 0.4], [0, 0, 1, 1], 'row 2 has the score 1.3'],
    ['a score below nought', [-0.1, 0.2, 0.3, 0.4], [0, 0, 1, 1], 'row 0 has the score -0.1'],
    ['a label that is neither', [0.1, 0.2, 0.3], [0, 1, 2], 'neither 0 nor 1'],
    ['a NaN for a label', [0.1, 0.2, 0.3], [0, 1, Number.NaN], 'neither 0 nor 1'],
    ['unequal lengths', [0.1, 0.2], [0], '2 scores stand against 1 labels'],
  ])('gives no sample but the reason for %s', (_what, scores, labels, reason) => {
    expect(labelledScores(scores, labels)).toEqual({
      defined: false,
      reason: expect.stringContaining(reason),
    });
  });

  test('parts the classes and keeps the row order within each', () => {
    expect(definedSample(Float32Array.of(0.5, 0.25, 1, 0), Uint8Array.of(1, 0, 1, 0))).toEqual({
      positives: Float64Array.of(0.5, 1),
      negatives: Float64Array.of(0.25, 0),
    });
  });
});

test('score groups count the rows of each class at each distinct score', () => {
  const groups = scoreGroups(definedSample([0.5, 0.1, 0.5, 0.5, 0.9], [1, 0, 0, 1, 0]));
  expect([...groups.scores]).toEqual([0.1, 0.5, 0.9]);
  expect([...groups.positives]).toEqual([0, 2, 0]);
  expect([...groups.negatives]).toEqual([1, 1, 1]);
});
