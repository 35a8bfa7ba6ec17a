import { describe, expect, test } from 'vitest';
import { compareModels } from './comparison.ts';
import { judgeScores, type ScorePolicy, type ScoreReport } from './judge-scores.ts';
import { referenceSample } from './testing/samples.ts';

const { labels, tied, distinct } = referenceSample();

/** The tied scores are 0.10 AUC better than the distinct ones. */
function report(ours: readonly number[], theirs?: readonly number[]): ScoreReport {
  const compared = compareModels(
    {
      labels: Uint8Array.from(labels),
      challenger: Float64Array.from(ours),
      ...(theirs && { champion: Float64Array.from(theirs) }),
      groups: [{ column: 'side', values: labels.map((_, row) => (row % 2 === 0 ? 'even' : 'odd')) }],
    },
    0.5,
  );
  if (!compared.defined) throw new Error(compared.reason);
  const { challenger, ...others } = compared.value;
  const digests = { championDigest: theirs === ours ? 'ours' : 'theirs', championSliceDigest: 'rows' };
  return { ...challenger, ...others, sliceDigest: 'rows', challengerDigest: 'ours', ...(theirs && digests) };
}

function verdictsOf(found: ScoreReport, policy: ScorePolicy): Record<string, string> {
  return Object.fromEntries(judgeScores(found, policy).results.map(({ gate, verdict }) => [gate, verdict]));
}

describe('judgeScores', () => {
  test('judges what the policy names and nothing else', () => {
    expect(verdictsOf(report(tied), { floors: { auc: 0.8 }, ceilingAuc: 0.82 })).toEqual({
      'auc-floor': 'pass',
      plausibility: 'hold',
    });
    expect(verdictsOf(report(tied), { calibration: { max: 1.01 } })).toEqual({ calibration: 'fail' });
  });

  test('judges every bound of a project’s policy but the latency, which a file does not tell', () => {
    const policy = {
      floors: { auc: 0.62, prAucOverEventRate: 1.2 },
      nonInferiorityMargin: 0.005,
      calibration: { min: 0.8, max: 1.25, worseThanChampion: 0.05 },
      ceilingAuc: 0.9,
      suspiciousGain: 0.03,
      minPositives: 100,
      maxLatencyMs: 50,
      slices: { minPositives: 40, alpha: 0.05 },
    };
    const verdict = judgeScores(report(tied, distinct), policy);
    expect(verdict.notJudged).toEqual(['maxLatencyMs']);
    expect(verdict.results.map(({ gate }) => gate)).toEqual([
      'auc-floor',
      'pr-auc-floor',
      'plausibility',
      'calibration',
      'different-artefacts',
      'enough-positives',
      'non-inferiority',
      'suspicious-gain',
      'calibration-against-champion',
      'slice side=even',
      'slice side=odd',
    ]);
    expect(verdict.superiority).toMatchObject({ superior: true });
  });

  test('does not pass a worse model, nor the champion under another name', () => {
    const policy = { nonInferiorityMargin: 0.005 };
    expect(verdictsOf(report(distinct, tied), policy)).toMatchObject({ 'non-inferiority': 'fail' });
    expect(verdictsOf(report(tied, tied), policy)).toMatchObject({ 'different-artefacts': 'fail' });
  });

  test('fails where nothing of the policy can be judged', () => {
    expect(judgeScores(report(tied), { minPositives: 10, slices: { minPositives: 1, alpha: 0.05 } })).toEqual(
      {
        verdict: 'fail',
        results: [],
        notJudged: ['minPositives', 'slices'],
      },
    );
    expect(judgeScores(report(tied), {}).verdict).toBe('fail');
  });
});
