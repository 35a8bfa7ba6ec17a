/** The snapshot: what a model may learn from, pinned before anything is computed from it. */
import { createHash } from 'node:crypto';

import { ApplicationFailure } from '@temporalio/common';

import type { ProjectSpec } from '../../workflows/domain/project.ts';
import type { DuckDB, Lake } from '../lake/contract.ts';
import type { TrainingSnapshot } from './contract.ts';
import { attachExamples } from './examples.ts';
import { statement } from './sql-text.ts';

/** Of either class, over all matured intervals: with fewer, no split leaves parts that can be judged. */
const NEEDED = 100;

interface MaturedInterval {
  readonly period: string;
  readonly rows: number;
  readonly positives: number;
  readonly invalid: number;
}

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
  const rows = sum(matured, 'rows');
  const positives = sum(matured, 'positives');
  if (positives < NEEDED || rows - positives < NEEDED) throw notEnough(asOf, matured.length, rows, positives);
  const content = { features, labels, intervals: matured.map(({ period }) => period), rows, positives };
  // What may be learnt from, and not when it was asked for: the same content is the same snapshot.
  const digest = createHash('sha256').update(JSON.stringify(content)).digest('hex');
  return { ...content, asOf, digest };
}

async function pin(lake: Lake, table: string): Promise<{ table: string; version: number }> {
  const { version } = await lake.snapshot(table);
  return { table, version };
}

function sum(matured: readonly MaturedInterval[], name: 'rows' | 'positives' | 'invalid'): number {
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

function notEnough(asOf: string, intervals: number, rows: number, positives: number): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `At ${asOf}, ${intervals} intervals have matured with ${rows} rows, ${positives} of them positive; at least ${NEEDED} rows of either class are needed. Train again when more labels are known.`,
    'NotEnoughData',
    { intervals, rows, positives, needed: NEEDED },
  );
}
