/** What an objective does to the margin: the link that turns XGBoost's sum of leaves into its prediction. */
import { unsupportedModel } from './failure.ts';

/** `class` is the softmax's most probable class, as a number. */
export type Link = 'identity' | 'sigmoid' | 'exp' | 'softmax' | 'class';

const LINKS: Readonly<Record<string, Link>> = {
  'binary:logistic': 'sigmoid',
  'binary:logitraw': 'identity',
  'reg:logistic': 'sigmoid',
  'reg:squarederror': 'identity',
  'count:poisson': 'exp',
  'reg:gamma': 'exp',
  'reg:tweedie': 'exp',
  'multi:softprob': 'softmax',
  'multi:softmax': 'class',
};

/** @throws UnsupportedModel for an objective that is not in the table */
export function linkOf(objective: string): Link {
  const link = LINKS[objective];
  if (link !== undefined) return link;
  throw unsupportedModel(
    `The objective '${objective}'`,
    `Train with one of ${Object.keys(LINKS).join(', ')}.`,
  );
}

/**
 * `base_score` stands in the file in units of the prediction; trees add up in units of the margin.
 * Float32 step by step, as XGBoost computes it, so that sums agree to the last bit.
 */
export function baseMargin(objective: string, baseScore: number, majorVersion: number): number {
  const score = Math.fround(baseScore);
  switch (linkOf(objective)) {
    case 'sigmoid':
      return logit(score);
    case 'exp':
      return Math.fround(Math.log(score));
    case 'identity':
      // Before 2.0 the raw logistic objective took a probability too.
      return objective === 'binary:logitraw' && majorVersion < 2 ? logit(score) : score;
    case 'softmax':
    case 'class':
      return score;
  }
}

function logit(probability: number): number {
  const odds = Math.fround(Math.fround(1 / probability) - 1);
  return Math.fround(-Math.fround(Math.log(odds)));
}

/**
 * Margins (rows × groups, row-major) to predictions: the same shape, but for `class`, which is one value a row.
 * In double precision, rounded once at the end.
 */
export function applyLink(link: Link, margins: Float32Array, groups: number): Float32Array {
  switch (link) {
    case 'identity':
      return margins;
    case 'sigmoid':
      return margins.map((margin) => 1 / (1 + Math.exp(-margin)));
    case 'exp':
      return margins.map((margin) => Math.exp(margin));
    case 'softmax':
      return byRow(margins, groups, softmax);
    case 'class':
      return Float32Array.from({ length: margins.length / groups }, (_, row) =>
        largest(margins.subarray(row * groups, (row + 1) * groups)),
      );
  }
}

function byRow(margins: Float32Array, groups: number, of: (row: Float32Array) => number[]): Float32Array {
  const out = new Float32Array(margins.length);
  for (let at = 0; at < margins.length; at += groups) out.set(of(margins.subarray(at, at + groups)), at);
  return out;
}

function softmax(margins: Float32Array): number[] {
  const top = Math.max(...margins);
  const weights = Array.from(margins, (margin) => Math.exp(margin - top));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/** Position of the first of the largest. */
function largest(values: Float32Array): number {
  return values.indexOf(Math.max(...values));
}
