/** The slice with its scores, out of the session and into arrays that the domain can judge. */
import type { ScoredRows } from '../../workflows/domain/comparison.ts';
import { quoteIdentifier } from '../../workflows/domain/identifier.ts';
import type { Session } from '../lake/contract.ts';

const MISSING = 'missing';

/** Neither 0 nor 1, so that a slice with such a label has no metrics. */
const NO_LABEL = 255;

interface Columns {
  readonly keys: string[];
  readonly labels: number[];
  readonly unseen: number[];
  readonly clusters: number[];
  readonly challenger: number[];
  readonly champion: number[];
  readonly groups: string[][];
}

/** A row that a model did not score has NaN there, which no metric takes for a number. */
export async function readScored(
  session: Session,
  slices: readonly string[],
  withChampion: boolean,
): Promise<ScoredRows & { readonly keys: readonly string[] }> {
  const columns: Columns = {
    keys: [],
    labels: [],
    unseen: [],
    clusters: [],
    challenger: [],
    champion: [],
    groups: slices.map(() => []),
  };
  for await (const chunk of session.chunks(scoredSql(slices, withChampion))) add(columns, chunk);
  return {
    keys: columns.keys,
    labels: Uint8Array.from(columns.labels),
    unseen: Uint8Array.from(columns.unseen),
    clusters: Int32Array.from(columns.clusters),
    challenger: Float32Array.from(columns.challenger),
    ...(withChampion && { champion: Float32Array.from(columns.champion) }),
    groups: slices.map((column, index) => ({ column, values: columns.groups[index] ?? [] })),
  };
}

function scoredSql(slices: readonly string[], withChampion: boolean): string {
  const groups = slices.map((column) => `, CAST(slice_features.${quoteIdentifier(column)} AS VARCHAR)`);
  return `SELECT
    CAST(slice.row_key AS VARCHAR),
    slice.label,
    CAST(NOT EXISTS (FROM seen WHERE seen.entity = slice.entity) AS INTEGER),
    CAST(dense_rank() OVER (ORDER BY slice.entity) - 1 AS INTEGER),
    challenger.score,
    ${withChampion ? 'champion.score' : 'NULL'}
    ${groups.join('')}
  FROM slice
  JOIN slice_features USING (place)
  LEFT JOIN challenger USING (place)
  ${withChampion ? 'LEFT JOIN champion USING (place)' : ''}
  ORDER BY slice.place`;
}

function add(columns: Columns, chunk: readonly unknown[][]): void {
  const [keys = [], labels = [], unseen = [], clusters = [], challenger = [], champion = [], ...groups] =
    chunk;
  for (const key of keys) columns.keys.push(String(key));
  for (const label of labels) columns.labels.push(label === 0 || label === 1 ? label : NO_LABEL);
  for (const flag of unseen) columns.unseen.push(number(flag));
  for (const cluster of clusters) columns.clusters.push(number(cluster));
  for (const score of challenger) columns.challenger.push(number(score));
  for (const score of champion) columns.champion.push(number(score));
  groups.forEach((values, index) => {
    for (const value of values) columns.groups[index]?.push(typeof value === 'string' ? value : MISSING);
  });
}

function number(value: unknown): number {
  return typeof value === 'number' ? value : Number.NaN;
}
