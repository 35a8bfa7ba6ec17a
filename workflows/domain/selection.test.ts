import { describe, expect, it } from 'vitest';

import { selectCandidate } from './selection.ts';

const candidate = (family: string, auc: number, logLoss: number) => ({
  family,
  validation: { auc, logLoss },
});

describe('selectCandidate', () => {
  it('takes the highest validation AUC', () => {
    const best = selectCandidate([candidate('linear', 0.661, 0.33), candidate('forest', 0.673, 0.35)]);
    expect(best?.family).toBe('forest');
  });

  it('breaks a tie by log loss, then by name, whatever the order', () => {
    const tied = [
      candidate('forest', 0.67, 0.34),
      candidate('boosted', 0.67 + 1e-12, 0.33),
      candidate('linear', 0.67, 0.33),
    ];
    expect(selectCandidate(tied)?.family).toBe('boosted');
    expect(selectCandidate(tied.toReversed())?.family).toBe('boosted');
  });

  it('never chooses a candidate without finite figures', () => {
    expect(
      selectCandidate([candidate('boosted', Number.NaN, 0.3), candidate('linear', 0.6, 0.3)])?.family,
    ).toBe('linear');
    expect(selectCandidate([candidate('boosted', 0.9, Number.NaN)])).toBeUndefined();
    expect(selectCandidate([])).toBeUndefined();
  });
});
