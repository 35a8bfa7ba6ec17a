/** What a binary model's pictures are drawn from: curves and bins over labelled scores, small whatever the sample. */
import type { Estimate } from './evaluation.ts';
import { scoreGroups, type LabelledScores, type ScoreGroups } from './labelled-scores.ts';
import { TWO_SIDED_95 } from './normal.ts';
import { topShare } from './ranking.ts';

/** A curve's points are at least this far apart in one of their coordinates; each is exact. */
const STEP = 0.01;
const CALIBRATION_BINS = 10;
const SCORE_BINS = 40;
const SHARES = [0.01, 0.02, 0.03, 0.04, ...Array.from({ length: 20 }, (_, index) => (index + 1) / 20)];

export interface ModelCurves {
  readonly roc: readonly { readonly falsePositiveRate: number; readonly truePositiveRate: number }[];
  readonly precisionRecall: readonly { readonly recall: number; readonly precision: number }[];
  readonly calibration: readonly CalibrationBin[];
  readonly scores: readonly ScoreBin[];
  readonly lift: readonly LiftPoint[];
}

/** What a report draws of one model on some rows. */
export interface ModelFigures extends ModelCurves {
  readonly rows: number;
  readonly positives: number;
  /** How much of the list the operating threshold selects. */
  readonly capacity: LiftPoint & { readonly threshold: number };
}

/** A tenth of the rows, in the order of their scores. */
interface CalibrationBin {
  readonly low: number;
  readonly high: number;
  readonly rows: number;
  readonly positives: number;
  readonly meanScore: number;
  /** With Wilson's 95 % interval. */
  readonly eventRate: Estimate;
}

/** Scores from `low` (inclusive) to `high` (the last one inclusive), by what became of the rows. */
interface ScoreBin {
  readonly low: number;
  readonly high: number;
  readonly positives: number;
  readonly negatives: number;
}

/** If the share of rows with the highest scores is acted on. */
export interface LiftPoint {
  readonly share: number;
  readonly lift: number;
  readonly recall: number;
}

export function modelCurves(sample: LabelledScores): ModelCurves {
  const groups = scoreGroups(sample);
  return {
    ...thresholdCurves(groups, sample),
    calibration: calibrationBins(groups),
    scores: scoreBins(sample),
    lift: SHARES.map((share) => liftAt(groups, share)),
  };
}

export function modelFigures(sample: LabelledScores, threshold: number): ModelFigures {
  return {
    rows: sample.positives.length + sample.negatives.length,
    positives: sample.positives.length,
    ...modelCurves(sample),
    capacity: { threshold, ...capacityAt(sample, threshold) },
  };
}

/** What a threshold selects, as a share of all rows, and what it finds. */
export function capacityAt(sample: LabelledScores, threshold: number): LiftPoint {
  const selected = [sample.positives, sample.negatives].map(
    (scores) => scores.filter((score) => score >= threshold).length,
  );
  const [hits = 0, misses = 0] = selected;
  const share = (hits + misses) / (sample.positives.length + sample.negatives.length);
  const recall = hits / sample.positives.length;
  return { share, recall, lift: share === 0 ? 0 : recall / share };
}

/** Wilson's interval of a share (1927), which stays inside [0, 1] and is honest for small counts. */
export function shareEstimate(count: number, rows: number): Estimate {
  const share = count / rows;
  const z2 = TWO_SIDED_95 ** 2;
  const centre = (share + z2 / (2 * rows)) / (1 + z2 / rows);
  const margin =
    (TWO_SIDED_95 * Math.sqrt((share * (1 - share)) / rows + z2 / (4 * rows * rows))) / (1 + z2 / rows);
  return { value: share, low: Math.max(0, centre - margin), high: Math.min(1, centre + margin) };
}

/** From the highest threshold to the lowest. */
function thresholdCurves(
  groups: ScoreGroups,
  { positives, negatives }: LabelledScores,
): Pick<ModelCurves, 'roc' | 'precisionRecall'> {
  const roc = [{ falsePositiveRate: 0, truePositiveRate: 0 }];
  const precisionRecall: { recall: number; precision: number }[] = [];
  let [hits, misses] = [0, 0];
  for (let index = groups.scores.length - 1; index >= 0; index -= 1) {
    hits += groups.positives[index] ?? 0;
    misses += groups.negatives[index] ?? 0;
    const point = { falsePositiveRate: misses / negatives.length, truePositiveRate: hits / positives.length };
    const last = roc.at(-1);
    const isFar =
      point.falsePositiveRate - (last?.falsePositiveRate ?? 0) >= STEP ||
      point.truePositiveRate - (last?.truePositiveRate ?? 0) >= STEP;
    if (isFar || index === 0) roc.push(point);
    const { truePositiveRate: recall } = point;
    if (recall > 0 && (recall - (precisionRecall.at(-1)?.recall ?? 0) >= STEP || index === 0)) {
      precisionRecall.push({ recall, precision: hits / (hits + misses) });
    }
  }
  return { roc, precisionRecall };
}

/** Bins of equal row counts; rows with one score stay together, in the bin where the middle of them falls. */
function calibrationBins(groups: ScoreGroups): CalibrationBin[] {
  const bins = Array.from({ length: CALIBRATION_BINS }, () => ({
    rows: 0,
    positives: 0,
    sum: 0,
    low: 0,
    high: 0,
  }));
  const sizes = groups.positives.map((count, index) => count + (groups.negatives[index] ?? 0));
  const all = sizes.reduce((sum, size) => sum + size, 0);
  let before = 0;
  sizes.forEach((size, index) => {
    const bin = bins[Math.floor((CALIBRATION_BINS * (before + size / 2)) / all)];
    const score = groups.scores[index] ?? Number.NaN;
    before += size;
    if (!bin) return;
    if (bin.rows === 0) bin.low = score;
    bin.high = score;
    bin.rows += size;
    bin.positives += groups.positives[index] ?? 0;
    bin.sum += size * score;
  });
  return bins
    .filter(({ rows }) => rows > 0)
    .map(({ sum, ...bin }) => ({
      ...bin,
      meanScore: sum / bin.rows,
      eventRate: shareEstimate(bin.positives, bin.rows),
    }));
}

/** Of equal width, from 0 to the next twentieth above the highest score. */
function scoreBins({ positives, negatives }: LabelledScores): ScoreBin[] {
  const highest = [positives, negatives].reduce(
    (most, scores) => scores.reduce((one, other) => Math.max(one, other), most),
    0,
  );
  const end = Math.min(1, Math.max(1, Math.ceil(highest * 20)) / 20);
  const width = end / SCORE_BINS;
  const count = (scores: Float64Array): number[] => {
    const counts = Array.from({ length: SCORE_BINS }, () => 0);
    for (const score of scores) {
      const bin = Math.min(SCORE_BINS - 1, Math.floor(score / width));
      counts[bin] = (counts[bin] ?? 0) + 1;
    }
    return counts;
  };
  const [ours, others] = [count(positives), count(negatives)];
  return ours.map((found, bin) => ({
    low: bin * width,
    high: (bin + 1) * width,
    positives: found,
    negatives: others[bin] ?? 0,
  }));
}

function liftAt(groups: ScoreGroups, share: number): LiftPoint {
  const { lift, recall } = topShare(groups, share);
  return { share, lift, recall };
}
