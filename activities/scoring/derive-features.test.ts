import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projects } from '../../pipelines/projects.ts';
import { csv, month, temporaryMedallion, type Encounter, type Medallion } from '../lake/testing/medallion.ts';
import { digestOf } from '../artefact.ts';
import type { Encoder } from '../../workflows/domain/encoder.ts';
import type { Registry } from '../registry/contract.ts';
import { deriveFeatures } from './derive-features.ts';
import { toOnnx } from './onnx/from-xgboost.ts';
import { scoreFile } from './score-file.ts';
import { modelFile } from './testing/model-file.ts';
import { readUpload } from './upload.ts';
import { readModel } from './xgboost/model.ts';

const spec = projects['readmission']!;
const PATIENTS = 12;
let medallion: Medallion;

/** Patients come again from month to month; one dies, one row is invalid. */
function encounters(from: number): Encounter[] {
  return Array.from({ length: 30 }, (_, index) => ({
    encounter_id: String(from + index),
    patient_nbr: String(index % PATIENTS),
    age: index % 3 === 0 ? '[30-40)' : '?',
    time_in_hospital: String((index % 9) + 1),
    number_inpatient: String(index % 4),
    diag_1: ['428', '250.02', '?', 'E909'][index % 4]!,
    discharge_disposition_id: index === 5 ? '11' : '1',
    admission_type_id: index === 7 ? '99' : '1',
    readmitted: index % 5 === 0 ? '<30' : 'NO',
  }));
}

beforeAll(async () => {
  medallion = await temporaryMedallion();
  await medallion.land('2025-04/a.csv', csv(encounters(100)));
  await medallion.run(month(4), 1, false);
});
afterAll(() => medallion.close());

describe('scoreFile', () => {
  it("scores the source's own columns, with the label or without it", async () => {
    const labelled = csv(encounters(200));
    const bare = labelled.replaceAll(/,[^,\n]*\n/g, '\n');
    expect(bare.split('\n')[0]).not.toContain('readmitted');
    const [scored, lines] = await scoreUpload('bare', bare);
    expect(scored).toMatchObject({ rows: 28, notScored: 2 });
    // Came before and leaves after a day: margins 0.25 + 0.5 through the sigmoid.
    expect(lines[1]).toMatch(/^200,0,0\.679\d+,high,readmission,1$/);
    expect((await scoreUpload('labelled', labelled))[1]).toEqual(lines);
  });
});

describe('deriveFeatures', () => {
  it('gives an upload the features that the pipeline gives the same rows a month later', async () => {
    await medallion.store.put('uploads/may.csv', csv(encounters(200)));
    const file = await medallion.store.stage('uploads/may.csv');
    const sql = 'SELECT * EXCLUDE (_interval) FROM features ORDER BY encounter_id';
    const derived = await medallion.duckdb.session(async (session) => {
      await readUpload(session, spec.source, 'may.csv', file);
      await deriveFeatures(session, medallion.lake, spec);
      return session.rows(sql);
    });

    await medallion.land('2025-05/a.csv', csv(encounters(200)));
    await medallion.run(month(5), 1, false);
    const columns = `SELECT * EXCLUDE (_interval) FROM it WHERE _interval LIKE '2025-05%' ORDER BY encounter_id`;
    const fromPipeline = await medallion.rows('features', columns);
    expect(derived).toHaveLength(28);
    expect(derived.some((row) => Number(row['prior_encounters']) > 1)).toBe(true);
    expect(derived).toEqual(fromPipeline);
  });
});

async function scoreUpload(name: string, content: string) {
  const onnx = toOnnx(readModel(modelFile()));
  const encoder: Encoder = {
    format: 'assay-encoder-1',
    numeric: ['prior_encounters', 'time_in_hospital', 'number_diagnoses'].map((column) => ({
      column,
      median: 0,
      indicator: false,
    })),
    categorical: [],
  };
  const artefacts = { onnx, encoder: new TextEncoder().encode(JSON.stringify(encoder)) };
  const registry = {
    artefact: async (_model: string, _version: number, artefact: keyof typeof artefacts) =>
      artefacts[artefact],
  } as Partial<Registry> as Registry;
  await medallion.store.put(`uploads/${name}.csv`, content);
  const scored = await scoreFile(
    { ...medallion, registry, spec: () => spec },
    {
      project: spec.name,
      file: `uploads/${name}.csv`,
      model: { model: 'readmission', version: 1, digest: digestOf(onnx) },
      output: `scored/${name}.csv`,
      key: `${name}/1/score`,
    },
  );
  const lines = Buffer.from(await medallion.store.get(scored.output))
    .toString()
    .split('\n');
  return [scored, lines] as const;
}
