/** The gate over a file of scores, where there is neither an artefact nor a latency, and the policy may be a part. */
import type { EvaluationReport } from './evaluation.ts';
import type { GateResult, GateVerdict } from './gates.ts';
import { judge, overall } from './judge.ts';
import type { GatePolicy } from './project.ts';

/** Any of a project's bounds: only what is named is judged. */
export interface ScorePolicy {
  readonly floors?: Partial<GatePolicy['floors']>;
  readonly nonInferiorityMargin?: number;
  readonly calibration?: Partial<GatePolicy['calibration']>;
  readonly ceilingAuc?: number;
  readonly suspiciousGain?: number;
  readonly minPositives?: number;
  readonly maxLatencyMs?: number;
  readonly slices?: GatePolicy['slices'];
}

export interface ScoreVerdict extends GateVerdict {
  /** Bounds of the policy that such a file says nothing about. */
  readonly notJudged: readonly string[];
}

/** Digests are of columns: the challenger is the score's, the champion the champion's, the slice the label's. */
export type ScoreReport = Omit<EvaluationReport, 'latencyMs' | 'unseen'>;

type Bound = readonly [name: string, value: (policy: ScorePolicy) => unknown];

const ALONE: Readonly<Record<string, readonly Bound[]>> = {
  'auc-floor': [['floors.auc', ({ floors }) => floors?.auc]],
  'pr-auc-floor': [['floors.prAucOverEventRate', ({ floors }) => floors?.prAucOverEventRate]],
  plausibility: [['ceilingAuc', ({ ceilingAuc }) => ceilingAuc]],
  calibration: [
    ['calibration.min', ({ calibration }) => calibration?.min],
    ['calibration.max', ({ calibration }) => calibration?.max],
  ],
};

const AGAINST_CHAMPION: Readonly<Record<string, readonly Bound[]>> = {
  'enough-positives': [['minPositives', ({ minPositives }) => minPositives]],
  'non-inferiority': [['nonInferiorityMargin', ({ nonInferiorityMargin }) => nonInferiorityMargin]],
  'suspicious-gain': [['suspiciousGain', ({ suspiciousGain }) => suspiciousGain]],
  'calibration-against-champion': [
    ['calibration.worseThanChampion', ({ calibration }) => calibration?.worseThanChampion],
  ],
  slice: [['slices', ({ slices }) => slices]],
};

const NEVER: readonly Bound[] = [['maxLatencyMs', ({ maxLatencyMs }) => maxLatencyMs]];

/** A pass needs at least one result: where nothing is judged, the verdict is `fail`. */
export function judgeScores(report: ScoreReport, policy: ScorePolicy): ScoreVerdict {
  const championDigest = report.championDigest ?? null;
  const verdict = judge({ ...report, latencyMs: Number.NaN }, completed(policy), { championDigest });
  const results = verdict.results.filter((result) => isAsked(result, policy));
  const bounds = [...NEVER, ...(championDigest === null ? Object.values(AGAINST_CHAMPION).flat() : [])];
  return {
    verdict: results.length === 0 ? 'fail' : overall(results),
    results,
    ...(verdict.superiority && { superiority: verdict.superiority }),
    notJudged: bounds.filter(([, value]) => value(policy) !== undefined).map(([name]) => name),
  };
}

/** That the champion is another model is asked always; that both have the same rows is so by construction. */
function isAsked({ gate }: GateResult, policy: ScorePolicy): boolean {
  if (gate === 'different-artefacts') return true;
  const [kind = gate] = gate.split(' ');
  const bounds = ALONE[kind] ?? AGAINST_CHAMPION[kind] ?? [];
  return bounds.some(([, value]) => value(policy) !== undefined);
}

/** NaN is a bound that nothing meets; gates with one are not asked. */
function completed(policy: ScorePolicy): GatePolicy {
  const none = Number.NaN;
  return {
    floors: { auc: none, prAucOverEventRate: none, ...policy.floors },
    nonInferiorityMargin: policy.nonInferiorityMargin ?? none,
    calibration: { min: -Infinity, max: Infinity, worseThanChampion: none, ...policy.calibration },
    ceilingAuc: policy.ceilingAuc ?? none,
    suspiciousGain: policy.suspiciousGain ?? none,
    minPositives: policy.minPositives ?? none,
    maxLatencyMs: none,
    slices: policy.slices ?? { minPositives: none, alpha: none },
  };
}
