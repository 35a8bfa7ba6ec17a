import { describe, expect, test } from 'vitest';
import { compareModels, type ScoredRows } from './comparison.ts';
import { referenceSample } from './testing/samples.ts';

const reference = referenceSample();
const labels = Uint8Array.from(reference.labels);
const rows: ScoredRows = {
  labels,
  challenger: Float64Array.from(reference.tied),
  champion: Float64Array.from(reference.distinct),
  groups: [],
};

describe('compareModels', () => {
  test('gives both models’ figures and their paired difference', () => {
    // As in the tests of DeLong's method
    expect(compareModels(rows, 0.5)).toMatchObject({
      defined: true,
      value: {
        challenger: { auc: { value: expect.closeTo(0.8256564786913474, 12) } },
        champion: { auc: { value: expect.closeTo(0.7233352097751582, 12) } },
        difference: { auc: { value: expect.closeTo(0.1023212689161892, 12) } },
        slices: [],
      },
    });
  });

  test('answers nothing where either model misses a score', () => {
    const champion = Float64Array.from(reference.distinct).fill(Number.NaN, 7, 8);
    expect(compareModels({ ...rows, champion }, 0.5)).toEqual({
      defined: false,
      reason: 'row 7 has the score NaN, outside [0, 1]',
    });
  });

  test('leaves out unseen figures where no metric is defined on them', () => {
    const unseen = labels.map((label, row) => (label === 0 && row < 50 ? 1 : 0));
    const compared = compareModels({ ...rows, unseen }, 0.5);
    expect(compared).toMatchObject({ defined: true });
    expect(compared.defined && 'unseen' in compared.value).toBe(false);
  });

  test('counts a group that is too small for an AUC without one', () => {
    const values = reference.labels.map((_, row) => (row < 2 ? 'few' : 'many'));
    const compared = compareModels({ ...rows, groups: [{ column: 'kind', values }] }, 0.5);
    const [few, many] = compared.defined ? compared.value.slices : [];
    expect(few).toEqual({
      column: 'kind',
      group: 'few',
      rows: 2,
      positives: labels.slice(0, 2).reduce((sum, label) => sum + label, 0),
      selectionRate: expect.any(Number),
    });
    expect(many).toMatchObject({
      group: 'many',
      rows: 398,
      auc: {},
      difference: {},
      recall: expect.any(Number),
    });
  });
});
