/** The snapshot: what a model may learn from, pinned before anything is computed from it. */
import { createHash } from 'node:crypto';

import { ApplicationFailure } from '@temporalio/common';

import type { ProjectSpec } from '../../workflows/domain/project.ts';
import { isEnough, LEAST_OF_EITHER_CLASS } from '../../workflows/domain/enough-labels.ts';
import type { DuckDB, Lake } from '../lake/contract.ts';
import type { TrainingSnapshot } from './contract.ts';
import { attachExamples } from './examples.ts';
import { statement } from './sql-text.ts';

interface MaturedInterval {
  readonly period: string;
  readonly rows: number;
  readonly positives: number;
  readonly invalid: number;
}

/** Too little to learn from is an outcome: what can be done with it is for who asked to say. */
export async function takeSnapshot(
  { lake, duckdb }: { readonly lake: Lake; readonly duckdb: DuckDB },
  spec: ProjectSpec,
  asOf: string,
): Promise<TrainingSnapshot> {
  const [features, labels] = await Promise.all([
    pin(lake, spec.tables.features),
    pin(lake, spec.tables.labels),
  ]);
  const matured = await duckdb.session(async (session) => {
    await attachExamples(session, lake, spec, { features, labels });
    return session.rows<MaturedInterval>(statement('matured'), { as_of: asOf });
  });
  refuseInvalid(matured, spec);
  const counts = matured.map(({ period, rows, positives }) => ({ start: period, rows, positives }));
  return snapshotOf({ features, labels }, counts, asOf);
}

/** The digest is of what may be learnt from, and not of when it was asked for: the same content is the same snapshot. */
export function snapshotOf(
  tables: Pick<TrainingSnapshot, 'features' | 'labels'>,
  matured: TrainingSnapshot['matured'],
  asOf: string,
): TrainingSnapshot {
  const rows = sum(matured, 'rows');
  const positives = sum(matured, 'positives');
  const content = { ...tables, intervals: matured.map(({ start }) => start), rows, positives };
  const digest = createHash('sha256').update(JSON.stringify(content)).digest('hex');
  return { ...content, matured, asOf, digest };
}

async function pin(lake: Lake, table: string): Promise<{ table: string; version: number }> {
  const { version } = await lake.snapshot(table);
  return { table, version };
}

function sum<Name extends string>(matured: readonly Readonly<Record<Name, number>>[], name: Name): number {
  return matured.reduce((total, interval) => total + interval[name], 0);
}

function refuseInvalid(matured: readonly MaturedInterval[], spec: ProjectSpec): void {
  const invalid = sum(matured, 'invalid');
  if (invalid === 0) return;
  throw ApplicationFailure.nonRetryable(
    `${invalid} rows of ${spec.tables.labels} have a label other than 0 or 1, or no ${spec.source.entity}; nothing can be learnt from them. Mend the SQL of the gold layer.`,
    'InvalidLabels',
    { invalid },
  );
}

/** @throws NotEnoughData */
export function requireEnough(snapshot: TrainingSnapshot): void {
  if (isEnough(snapshot)) return;
  const { asOf, rows, positives } = snapshot;
  const intervals = snapshot.intervals.length;
  throw ApplicationFailure.nonRetryable(
    `At ${asOf}, ${intervals} intervals have matured with ${rows} rows, ${positives} of them positive; at least ${LEAST_OF_EITHER_CLASS} rows of either class are needed. Train again when more labels are known.`,
    'NotEnoughData',
    { intervals, rows, positives, needed: LEAST_OF_EITHER_CLASS },
  );
}
