/** A small project on a temporary lake: features, an encoder and a model that can be worked out by hand. */
import type { Encoder } from '../../../workflows/domain/encoder.ts';
import type { ProjectSpec, Transform } from '../../../workflows/domain/project.ts';
import type { TableRef } from '../../../workflows/domain/reference.ts';
import type { TemporaryLake } from '../../lake/testing/temporary-lake.ts';
import type { Registry } from '../../registry/contract.ts';
import type { PinnedModel } from '../contract.ts';
import { toOnnx } from '../onnx/from-xgboost.ts';
import { digestOf } from '../../artefact.ts';
import type { ScoreDependencies } from '../score.ts';
import { readModel } from '../xgboost/model.ts';
import { modelFields, modelFile } from './model-file.ts';

/** Five places: x, whether x is missing, colour red, other, missing. */
export const ENCODER: Encoder = {
  format: 'assay-encoder-1',
  numeric: [{ column: 'x', median: 10, indicator: true }],
  categorical: [{ column: 'colour', categories: ['red'] }],
};
export const JANUARY = { start: '2026-01-01T00:00:00Z', end: '2026-02-01T00:00:00Z' };
export const FEBRUARY = { start: '2026-02-01T00:00:00Z', end: '2026-03-01T00:00:00Z' };

const transform = (name: string, sql: string): Transform => ({ name, sql, materialized: 'view' });

/** Only what scoring reads of a spec. */
export const SPEC = {
  name: 'paint',
  source: {
    columns: ['id', 'owner', 'x', 'colour'],
    nullText: '?',
    key: 'id',
    entity: 'owner',
    integers: ['id', 'owner'],
  },
  tables: { silver: 'silver/paint', features: 'gold/paint', predictions: 'gold/paint_predictions' },
  transforms: {
    silver: [
      transform(
        'silver',
        `SELECT TRY_CAST(id AS BIGINT) AS id, TRY_CAST(owner AS BIGINT) AS owner,
           TRY_CAST(nullif(x, '?') AS DOUBLE) AS x, nullif(colour, '?') AS colour, _month, _interval FROM bronze`,
      ),
    ],
    gold: [
      transform(
        'features',
        `SELECT id, owner, _interval, colour,
           x + (SELECT count(*) FROM history WHERE history.owner = silver.owner AND history._month < silver._month) AS x
         FROM silver WHERE colour IS DISTINCT FROM 'transparent'`,
      ),
    ],
  },
  lookBackMonths: 12,
  label: { column: 'faded', horizonDays: 30 },
  operatingThreshold: 0.5,
} as unknown as ProjectSpec;

export function trainedFile(baseScore = '[5E-1]'): Uint8Array {
  const fields = modelFields(5);
  fields.learner.learner_model_param['base_score'] = baseScore;
  return modelFile(fields);
}

export interface Models {
  readonly registry: Registry;
  readonly first: PinnedModel;
  readonly second: PinnedModel;
}

/** Two versions of one model, for the read side that scoring needs. */
export function registryOfTwo(): Models {
  const files = ['[5E-1]', '[2E-1]'].map((base) => toOnnx(readModel(trainedFile(base))));
  const encoder = new TextEncoder().encode(JSON.stringify(ENCODER));
  const registry = {
    artefact: async (_model: string, version: number, name: string) =>
      name === 'encoder' ? encoder : files[version - 1]!,
  } as Partial<Registry> as Registry;
  const pin = (version: number): PinnedModel => ({
    model: 'paint',
    version,
    digest: digestOf(files[version - 1]!),
  });
  return { registry, first: pin(1), second: pin(2) };
}

export function dependencies(lake: TemporaryLake, { registry }: Models): ScoreDependencies {
  return { lake: lake.lake, duckdb: lake.duckdb, registry, spec: () => SPEC };
}

/** `rows` of January, which number from 1, and one of February. */
export async function writeFeatures(lake: TemporaryLake, rows: number): Promise<TableRef> {
  const { table, version } = await lake.write(SPEC.tables.features, {
    query: `SELECT range AS id, range % 7 AS owner, '${JANUARY.start}' AS _interval,
        CASE WHEN range % 5 <> 0 THEN CAST(range % 23 AS DOUBLE) END AS x,
        CASE range % 4 WHEN 0 THEN 'red' WHEN 1 THEN 'blue' WHEN 2 THEN 'green' END AS colour
      FROM range(1, ${rows + 1})
      UNION ALL SELECT 1000000, 3, '${FEBRUARY.start}', 9, 'red'`,
    mode: 'overwrite',
    partitionBy: ['_interval'],
    key: 'paint/1/features',
  });
  return { table, version };
}
