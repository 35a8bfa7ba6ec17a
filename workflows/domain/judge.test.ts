import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EvaluationReport, SliceMetrics } from './evaluation.ts';
import type { GateVerdict, Verdict } from './gates.ts';
import { judge } from './judge.ts';
import {
  CHAMPION,
  difference,
  estimate,
  firstReport,
  policy,
  report,
  slice,
  STOPPED,
} from './testing/evaluations.ts';

const context = { championDigest: CHAMPION };

describe('judge', () => {
  test('passes a challenger that is no worse, and says apart whether it is better', () => {
    const verdict = judge(report(), policy, context);
    expect(verdict.verdict).toBe('pass');
    expect(verdict.results.map((result) => result.gate)).toEqual([
      'auc-floor',
      'pr-auc-floor',
      'plausibility',
      'calibration',
      'latency',
      'champion',
      'different-artefacts',
      'same-slice',
      'enough-positives',
      'non-inferiority',
      'suspicious-gain',
      'calibration-against-champion',
      'slice gender=Female',
    ]);
    // 0.002 − 1.645 × 0.003
    expect(verdict.superiority).toMatchObject({
      superior: false,
      lowerBound: expect.closeTo(-0.00293456, 8),
    });
    const better = judge(report({ difference: { auc: difference(0.01, 0.003) } }), policy, context);
    expect(better.superiority?.superior).toBe(true);
  });

  test('asks of the first model only what it can show alone', () => {
    const first = judge(firstReport(), policy, { championDigest: null });
    expect(first.verdict).toBe('pass');
    expect(first.superiority).toBeUndefined();
    expect(first.results.map((result) => result.gate)).not.toContain('non-inferiority');
  });

  test('does not take a report without a champion for that of a first model', () => {
    expect(failures(judge(firstReport(), policy, context))).toEqual([
      'champion',
      'different-artefacts',
      'same-slice',
      'non-inferiority',
      'suspicious-gain',
      'calibration-against-champion',
    ]);
  });

  test.each(STOPPED)('stops %s', (_what, change, expected, gate) => {
    const verdict = judge(report(change), policy, context);
    expect(verdict.verdict).toBe(expected);
    expect(
      verdict.results.filter((result) => result.verdict !== 'pass').map((result) => result.gate),
    ).toContain(gate);
  });

  test('holds what too few positives cannot tell, but fails what even they prove to be worse', () => {
    const few = { positives: 300, rows: 3000 };
    const unclear = judge(report({ ...few, difference: { auc: difference(-0.004, 0.01) } }), policy, context);
    expect(unclear.verdict).toBe('hold');
    const worse = judge(report({ ...few, difference: { auc: difference(-0.05, 0.01) } }), policy, context);
    expect(failures(worse)).toEqual(['non-inferiority']);
  });

  test('lets a small group be worse off unproved, and none block with under 100 positives', () => {
    const unproved = judge(report({ slices: [slice(-0.03, 0.02)] }), policy, context);
    expect(unproved.verdict).toBe('pass');
    const small = judge(report({ slices: [{ ...slice(-0.2, 0.01), positives: 99 }] }), policy, context);
    expect(small.results.some((result) => result.gate.startsWith('slice'))).toBe(false);
  });

  test('asks more proof of each group where there are more of them', () => {
    // z = −2: p = 0.023, under 0.05 but not under 0.05 / 3
    const bad = slice(-0.025, 0.01);
    const fine = (group: string): SliceMetrics => ({ ...slice(0, 0.01), group });
    expect(judge(report({ slices: [bad] }), policy, context).verdict).toBe('fail');
    expect(judge(report({ slices: [bad, fine('Male'), fine('Unknown')] }), policy, context).verdict).toBe(
      'pass',
    );
  });

  test('compares to 1e-9, so that a bound met in decimals is met', () => {
    const verdict = judge(
      report({ auc: estimate(0.3 + 0.32 - 1e-16), calibration: 0.1 + 1.15 + 1e-12 }),
      policy,
      {
        championDigest: null,
      },
    );
    expect(verdict.verdict).toBe('pass');
  });

  test('tells a value from its bound in words', () => {
    const [floor] = judge(report({ auc: estimate(0.6199999) }), policy, context).results;
    expect(floor?.reason).toContain('AUC 0.6199999 is below the floor of 0.62');
  });

  test('fails whatever is missing or not a number, also after a trip through JSON', () => {
    const figures: Partial<Record<keyof EvaluationReport, unknown>>[] = [
      { auc: undefined },
      { auc: { value: Number.NaN } },
      { prAuc: { value: Number.NaN } },
      { calibration: Number.NaN },
      { latencyMs: Number.NaN },
      { positives: Number.NaN },
      { challengerDigest: '' },
      { sliceDigest: undefined },
      { championSliceDigest: undefined },
      { champion: undefined },
      { championDigest: undefined },
      { difference: undefined },
      { difference: { auc: difference(Number.NaN, 0.003) } },
      { difference: { auc: difference(0.01, Number.NaN) } },
      { difference: { auc: { value: 0.01, low: 0, high: 0.02, pValue: 0.1, method: '' } } },
      { slices: undefined },
      { slices: [{ ...slice(0, 0.01), difference: undefined }] },
      { slices: [slice(Number.NaN, 0.01)] },
      { slices: [{ ...slice(0, 0.01), positives: Number.NaN }] },
    ];
    const verdicts = figures.flatMap((figure) => {
      const broken = { ...report(), ...figure } as EvaluationReport;
      return [broken, JSON.parse(JSON.stringify(broken)) as EvaluationReport].map(
        (one) => `${JSON.stringify(figure)} ${judge(one, policy, context).verdict}`,
      );
    });
    expect(verdicts.filter((verdict) => !verdict.endsWith(' fail'))).toEqual([]);
  });
});

describe('worsening', () => {
  const amount = fc.double({ min: 0, max: 0.2, noNaN: true });
  /** Below what looks too good, where less is worse. */
  const reports = fc.record({
    auc: fc.double({ min: 0.55, max: 0.75, noNaN: true }),
    prAuc: fc.double({ min: 0.1, max: 0.3, noNaN: true }),
    calibration: fc.double({ min: 0.7, max: 1.4, noNaN: true }),
    latencyMs: fc.double({ min: 1, max: 80, noNaN: true }),
    difference: fc.double({ min: -0.02, max: 0.03, noNaN: true }),
    standardError: fc.double({ min: 0.001, max: 0.01, noNaN: true }),
    slice: fc.double({ min: -0.1, max: 0.05, noNaN: true }),
    positives: fc.constantFrom(500, 2000),
  });
  type Drawn = typeof reports extends fc.Arbitrary<infer T> ? T : never;

  const worsenings: [string, (drawn: Drawn, by: number) => Drawn][] = [
    ['AUC', (drawn, by) => ({ ...drawn, auc: drawn.auc - by })],
    ['PR-AUC', (drawn, by) => ({ ...drawn, prAuc: drawn.prAuc - by })],
    [
      'calibration',
      (drawn, by) => ({ ...drawn, calibration: drawn.calibration + Math.sign(drawn.calibration - 1) * by }),
    ],
    ['latency', (drawn, by) => ({ ...drawn, latencyMs: drawn.latencyMs + by * 100 })],
    ['the difference', (drawn, by) => ({ ...drawn, difference: drawn.difference - by })],
    ['a slice', (drawn, by) => ({ ...drawn, slice: drawn.slice - by })],
  ];

  test.each(worsenings)('%s never improves the verdict', (_what, worsen) => {
    fc.assert(
      fc.property(reports, amount, (drawn, by) => {
        expect(rank(verdictOf(worsen(drawn, by)))).toBeLessThanOrEqual(rank(verdictOf(drawn)));
      }),
    );
  });

  test('a wider interval or fewer positives never make a model pass that did not', () => {
    fc.assert(
      fc.property(reports, amount, (drawn, by) => {
        const blurred = verdictOf({ ...drawn, standardError: drawn.standardError + by });
        const fewer = verdictOf({ ...drawn, positives: 500 });
        const passes = verdictOf(drawn) === 'pass';
        expect([blurred, fewer].every((verdict) => passes || verdict !== 'pass')).toBe(true);
      }),
    );
  });

  function verdictOf(drawn: Drawn): Verdict {
    const { auc, prAuc, calibration, latencyMs, positives, standardError } = drawn;
    const figures = {
      auc: estimate(auc),
      prAuc: estimate(prAuc),
      calibration,
      latencyMs,
      positives,
      rows: positives * 9,
      difference: { auc: difference(drawn.difference, standardError) },
      slices: [slice(drawn.slice, 0.01)],
    };
    return judge(report(figures), policy, context).verdict;
  }

  function rank(verdict: Verdict): number {
    return ['fail', 'hold', 'pass'].indexOf(verdict);
  }
});

function failures({ results }: GateVerdict): string[] {
  return results.filter((result) => result.verdict === 'fail').map((result) => result.gate);
}
