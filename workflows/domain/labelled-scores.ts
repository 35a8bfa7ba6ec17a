/** Scores with the labels that came true. What passes `labelledScores` has defined metrics; nothing else gets one. */

/** Scores in [0, 1] by true class, each in row order; at least two of each, for no variance has fewer. */
export interface LabelledScores {
  readonly positives: Float64Array;
  readonly negatives: Float64Array;
  /** Whom each row is about, where rows of one entity are not independent of each other. */
  readonly clusters?: Clusters;
}

/** Numbers of entities from 0, in the order of the scores; each class comes from two entities at least. */
export interface Clusters {
  readonly positives: Int32Array;
  readonly negatives: Int32Array;
}

/** An answer where there is no number, and why. */
export interface Undefined {
  readonly defined: false;
  readonly reason: string;
}

export type Maybe<T> = { readonly defined: true; readonly value: T } | Undefined;

/** Distinct scores in ascending order, with how many rows of each class have them. */
export interface ScoreGroups {
  readonly scores: Float64Array;
  readonly positives: Uint32Array;
  readonly negatives: Uint32Array;
}

const FEWEST_OF_A_CLASS = 2;

/** `labels` are 0 or 1, row by row as `scores`; so are the numbers of `clusters`, if any. */
export function labelledScores(
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
  clusters?: ArrayLike<number>,
): Maybe<LabelledScores> {
  if (scores.length !== labels.length) {
    return undefinedFor(`${scores.length} scores stand against ${labels.length} labels`);
  }
  const positives = new Float64Array(countOf(labels, 1));
  const negatives = new Float64Array(countOf(labels, 0));
  if (positives.length + negatives.length !== labels.length)
    return undefinedFor('a label is neither 0 nor 1');
  if (positives.length < FEWEST_OF_A_CLASS || negatives.length < FEWEST_OF_A_CLASS) {
    return undefinedFor(
      `${positives.length} positives and ${negatives.length} negatives; at least two of each are needed`,
    );
  }
  let positive = 0;
  let negative = 0;
  for (let row = 0; row < scores.length; row += 1) {
    const score = scores[row] ?? Number.NaN;
    if (!(score >= 0 && score <= 1)) return undefinedFor(`row ${row} has the score ${score}, outside [0, 1]`);
    if (labels[row] === 1) positives[positive++] = score;
    else negatives[negative++] = score;
  }
  const sample = { positives, negatives };
  return clusters ? clustered(sample, labels, clusters) : { defined: true, value: sample };
}

function clustered(
  sample: LabelledScores,
  labels: ArrayLike<number>,
  numbers: ArrayLike<number>,
): Maybe<LabelledScores> {
  if (numbers.length !== labels.length) {
    return undefinedFor(`${numbers.length} group numbers stand against ${labels.length} labels`);
  }
  const clusters = {
    positives: new Int32Array(sample.positives.length),
    negatives: new Int32Array(sample.negatives.length),
  };
  let positive = 0;
  let negative = 0;
  for (let row = 0; row < labels.length; row += 1) {
    if (labels[row] === 1) clusters.positives[positive++] = numbers[row] ?? 0;
    else clusters.negatives[negative++] = numbers[row] ?? 0;
  }
  for (const [name, members] of Object.entries(clusters)) {
    if (members.every((number) => number === members[0])) {
      return undefinedFor(`all ${name} are of one group; at least two groups are needed`);
    }
  }
  return { defined: true, value: { ...sample, clusters } };
}

/** One merge of the two sorted classes: every ranking and calibration metric is a pass over its result. */
export function scoreGroups(sample: LabelledScores): ScoreGroups {
  const positives = sample.positives.toSorted();
  const negatives = sample.negatives.toSorted();
  const rows = positives.length + negatives.length;
  const groups = {
    scores: new Float64Array(rows),
    positives: new Uint32Array(rows),
    negatives: new Uint32Array(rows),
  };
  let size = 0;
  let positive = 0;
  let negative = 0;
  while (positive < positives.length || negative < negatives.length) {
    const score = Math.min(positives[positive] ?? Infinity, negatives[negative] ?? Infinity);
    const firstPositive = positive;
    const firstNegative = negative;
    while (positives[positive] === score) positive += 1;
    while (negatives[negative] === score) negative += 1;
    groups.scores[size] = score;
    groups.positives[size] = positive - firstPositive;
    groups.negatives[size] = negative - firstNegative;
    size += 1;
  }
  return {
    scores: groups.scores.subarray(0, size),
    positives: groups.positives.subarray(0, size),
    negatives: groups.negatives.subarray(0, size),
  };
}

export function undefinedFor(reason: string): Undefined {
  return { defined: false, reason };
}

function countOf(labels: ArrayLike<number>, wanted: number): number {
  let count = 0;
  for (let row = 0; row < labels.length; row += 1) if (labels[row] === wanted) count += 1;
  return count;
}
