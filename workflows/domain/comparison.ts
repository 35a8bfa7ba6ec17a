/** One or two models on one slice of labelled rows: all figures of an evaluation that follow from scores alone. */
import { aucEstimate, pairedAucDifference } from './delong.ts';
import type { BinaryMetrics, EvaluationReport, PairedDifference, SliceMetrics } from './evaluation.ts';
import { labelledScores, type LabelledScores, type Maybe } from './labelled-scores.ts';
import { binaryMetrics, decisionsAt } from './metrics.ts';

/** Column by column, all of one length. */
export interface ScoredRows {
  /** 0 or 1. */
  readonly labels: Uint8Array;
  readonly challenger: Float32Array | Float64Array;
  readonly champion?: Float32Array | Float64Array;
  /** 1 where neither model was trained on the row's entity. */
  readonly unseen?: Uint8Array;
  /** The number of the entity that the row is about, from 0: intervals then take its rows together. */
  readonly clusters?: Int32Array;
  readonly groups: readonly { readonly column: string; readonly values: readonly string[] }[];
}

export type Comparison = Pick<EvaluationReport, 'champion' | 'difference' | 'unseen' | 'slices'> & {
  readonly challenger: BinaryMetrics;
};

interface Pair {
  readonly challenger: LabelledScores;
  readonly champion?: LabelledScores;
}

/** Undefined where the slice as a whole has no metrics; unseen and group figures are then left out alone. */
export function compareModels(rows: ScoredRows, threshold: number): Maybe<Comparison> {
  const whole = pairOf(rows);
  if (!whole.defined) return whole;
  const unseen = rows.unseen && pairOf(pick(rows, indicesOf(rows.unseen, 1)));
  return {
    defined: true,
    value: {
      ...figures(whole.value, threshold),
      ...(unseen?.defined && { unseen: figures(unseen.value, threshold) }),
      slices: rows.groups.flatMap(({ column, values }) =>
        groupsOf(values).map(([group, indices]) =>
          sliceMetrics(column, group, pick(rows, indices), threshold),
        ),
      ),
    },
  };
}

function figures(
  { challenger, champion }: Pair,
  threshold: number,
): { challenger: BinaryMetrics; champion?: BinaryMetrics; difference?: { auc: PairedDifference } } {
  const auc = difference({ challenger, ...(champion && { champion }) });
  return {
    challenger: binaryMetrics(challenger, threshold),
    ...(champion && { champion: binaryMetrics(champion, threshold) }),
    ...(auc && { difference: { auc } }),
  };
}

function sliceMetrics(column: string, group: string, rows: ScoredRows, threshold: number): SliceMetrics {
  const positives = rows.labels.reduce((sum, label) => sum + label, 0);
  const pair = pairOf(rows);
  const auc = pair.defined ? aucEstimate(pair.value.challenger) : undefined;
  const paired = pair.defined ? difference(pair.value) : undefined;
  return {
    column,
    group,
    rows: rows.labels.length,
    positives,
    selectionRate: rows.challenger.filter((score) => score >= threshold).length / rows.labels.length,
    ...(pair.defined && { recall: decisionsAt(pair.value.challenger, threshold).recall }),
    ...(auc && { auc }),
    ...(paired && { difference: paired }),
  };
}

function difference({ challenger, champion }: Pair): PairedDifference | undefined {
  const paired = champion && pairedAucDifference(challenger, champion);
  return paired?.defined ? paired.value : undefined;
}

function pairOf({ labels, challenger, champion, clusters }: ScoredRows): Maybe<Pair> {
  const ours = labelledScores(challenger, labels, clusters);
  if (!ours.defined || !champion)
    return ours.defined ? { defined: true, value: { challenger: ours.value } } : ours;
  const theirs = labelledScores(champion, labels, clusters);
  if (!theirs.defined) return theirs;
  return { defined: true, value: { challenger: ours.value, champion: theirs.value } };
}

/** Scores and labels of some rows; they have no groups of their own. */
function pick(
  { labels, challenger, champion, clusters }: ScoredRows,
  indices: readonly number[],
): ScoredRows {
  const of = (values: ArrayLike<number>): Float64Array =>
    Float64Array.from(indices, (index) => values[index] ?? Number.NaN);
  return {
    labels: Uint8Array.from(of(labels)),
    challenger: of(challenger),
    ...(champion && { champion: of(champion) }),
    ...(clusters && { clusters: Int32Array.from(of(clusters)) }),
    groups: [],
  };
}

function indicesOf(values: Uint8Array, wanted: number): number[] {
  const indices: number[] = [];
  values.forEach((value, index) => {
    if (value === wanted) indices.push(index);
  });
  return indices;
}

/** In the order of the groups' names. */
function groupsOf(values: readonly string[]): [string, number[]][] {
  const groups = new Map<string, number[]>();
  values.forEach((value, index) => {
    const members = groups.get(value);
    if (members) members.push(index);
    else groups.set(value, [index]);
  });
  return [...groups].toSorted(([one], [other]) => (one < other ? -1 : 1));
}
