import { describe, expect, test } from 'vitest';
import type { GateResult, GateVerdict } from '../gates.ts';
import { decidePromotion, type PromotionCase } from './promotion-rule.ts';

const PASS: GateVerdict = {
  verdict: 'pass',
  results: [],
  superiority: { superior: true, lowerBound: 0.002, reason: '' },
};
const NO_GAIN: GateVerdict = { ...PASS, superiority: { superior: false, lowerBound: -0.001, reason: '' } };

describe('decidePromotion', () => {
  test.each<[string, Partial<PromotionCase>, boolean]>([
    ['a better AUC promotes', {}, true],
    ['a better Brier score does, where the AUC is no worse', { verdict: NO_GAIN }, true],
    ['no gain does not', { verdict: NO_GAIN, evaluation: evaluated(0.0962) }, false],
    [
      'a Brier score that is not a number does not',
      { verdict: NO_GAIN, evaluation: evaluated(Number.NaN) },
      false,
    ],
    [
      'without a champion’s Brier score there is no gain',
      { verdict: NO_GAIN, evaluation: { brier: 0.09 } },
      false,
    ],
    ['a challenger that is held is not promoted', { verdict: { ...PASS, verdict: 'hold' } }, false],
    ['nor one that failed', { verdict: { ...PASS, verdict: 'fail' } }, false],
    [
      'the same data with another seed is not',
      { trainedUntil: { challenger: '2025-03', champion: '2025-03' } },
      false,
    ],
    ['a first model is, once it passes', { verdict: NO_GAIN, trainedUntil: { challenger: '2025-03' } }, true],
  ])('%s', (_what, change, promote) => {
    expect(decidePromotion({ ...CASE, ...change }, { promotion: 'auto' }).promote).toBe(promote);
  });

  test('with approvals a person promotes, whatever the gain', () => {
    expect(decidePromotion(CASE, { promotion: 'approval' })).toMatchObject({ promote: false, ask: true });
  });

  test('a warning is left to a person where the policy says so', () => {
    const warned = { ...CASE, warnings: ['weight is missing'] };
    expect(decidePromotion(warned, { promotion: 'auto-unless-warned' })).toMatchObject({
      promote: false,
      ask: true,
      reason: expect.stringContaining('weight is missing'),
    });
    expect(decidePromotion(CASE, { promotion: 'auto-unless-warned' }).promote).toBe(true);
    expect(decidePromotion(warned, { promotion: 'auto' }).promote).toBe(true);
  });

  test.each<[string, GateVerdict, boolean]>([
    ['what the gate holds', gate('hold', { gate: 'plausibility', verdict: 'hold', value: 0.8 }), true],
    ['what only misses a floor', gate('fail', { gate: 'auc-floor', verdict: 'fail', value: 0.6 }), true],
    [
      'a floor that was not measured',
      gate('fail', { gate: 'auc-floor', verdict: 'fail', value: null }),
      false,
    ],
    [
      'what is worse than the champion',
      gate('fail', { gate: 'auc-difference', verdict: 'fail', value: -0.1 }),
      false,
    ],
  ])('a person who promotes is asked about %s: %#', (_what, verdict, ask) => {
    const judged = { ...CASE, verdict };
    expect(decidePromotion(judged, { promotion: 'auto-unless-warned' })).toMatchObject({
      promote: false,
      ask,
    });
    expect(decidePromotion(judged, { promotion: 'approval' }).ask).toBe(ask);
    expect(decidePromotion(judged, { promotion: 'auto' })).toMatchObject({ promote: false, ask: false });
  });
});

function gate(verdict: GateVerdict['verdict'], result: Partial<GateResult>): GateVerdict {
  const full = { gate: '', verdict, value: null, bound: '', reason: 'because', ...result };
  return { verdict, results: [full] };
}

function evaluated(brier: number): PromotionCase['evaluation'] {
  return { brier, champion: { brier: 0.0961 } } as PromotionCase['evaluation'];
}

const CASE: PromotionCase = {
  verdict: PASS,
  evaluation: evaluated(0.096),
  trainedUntil: { challenger: '2025-05', champion: '2025-03' },
  warnings: [],
};
