import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ArtefactRef } from '../../workflows/domain/reference.ts';
import { temporaryLake, type TemporaryLake } from '../lake/testing/temporary-lake.ts';
import type { Candidate, Dataset } from '../training/contract.ts';
import { convert } from './convert.ts';
import type { Predict } from './onnx/parity.ts';
import { digestOf } from '../artefact.ts';
import { openScorer } from './onnx/scorer.ts';
import { ENCODER, trainedFile } from './testing/project.ts';
import { readModel } from './xgboost/model.ts';
import { predictions } from './xgboost/walker.ts';

let lake: TemporaryLake;

beforeEach(async () => {
  lake = await temporaryLake();
});
afterEach(() => lake.close());

const trainer = (file: Uint8Array, matrix: Float32Array, rows: number) =>
  predictions(readModel(file), matrix, rows);

async function put(key: string, bytes: Uint8Array): Promise<ArtefactRef> {
  await lake.store.put(key, bytes);
  return { key, digest: digestOf(bytes), bytes: bytes.length };
}

/** A test part of `rows` rows in two files, columns beside the encoded ones included. */
async function convertWith(rows: number, predict?: Predict, model?: Partial<ArtefactRef>) {
  await lake.duckdb.session(async (session) => {
    for (const part of rows > 0 ? [0, 1] : []) {
      const out = join(session.scratch, `${part}.parquet`);
      const values = [0, 1, 2, 3, 4].map(
        (place) => `CAST((range * ${place + 3}) % 5 / 2 AS FLOAT) AS f${place}`,
      );
      const sql = `SELECT range AS id, 1::FLOAT AS label, ${values.join(', ')} FROM range(${rows / 2})`;
      await session.run(`COPY (${sql}) TO $out (FORMAT parquet)`, { out });
      await lake.store.upload(`training/d/test/${part}.parquet`, out);
    }
  });
  const encoder = await put('training/d/encoder.json', new TextEncoder().encode(JSON.stringify(ENCODER)));
  const file = await put('training/d/model', trainedFile());
  const dataset = { digest: 'd', encoder, test: { prefix: 'training/d/test', rows, positives: 0 } };
  const candidate = { family: 'boosted', model: { ...file, ...model } };
  return convert(
    { store: lake.store, duckdb: lake.duckdb, ...(predict === undefined ? {} : { predict }) },
    {
      project: 'paint',
      candidate: candidate as Partial<Candidate> as Candidate,
      dataset: dataset as Partial<Dataset> as Dataset,
      key: 'r/1/convert',
    },
  );
}

describe('convert', () => {
  it('proves the model on every test row and keeps it under its digest', async () => {
    const { onnx, parity } = await convertWith(60, trainer);
    expect(parity.rows).toBe(60);
    expect(parity.maxAbsDiff).toBeLessThan(1e-6);
    const bytes = await lake.store.get(onnx.key);
    expect([digestOf(bytes), bytes.length]).toEqual([onnx.digest, onnx.bytes]);
    const scorer = await openScorer(bytes);
    const row = new Float32Array([0, 0, 0, 0, 0]);
    expect((await scorer.score(row, 1, 5))[0]).toBeCloseTo(1 / (1 + Math.exp(1.5)), 6);
    await scorer.close();
  });

  it('gives the same artefact when it is tried again', async () => {
    expect(await convertWith(10, trainer)).toEqual(await convertWith(10, trainer));
  });

  it('fails where the trainer predicts something else, and keeps nothing', async () => {
    const other: Predict = (file, matrix, rows) => trainer(file, matrix, rows).map((score) => score + 1e-4);
    await expect(convertWith(10, other)).rejects.toMatchObject({ type: 'ParityFailed' });
    const kept: string[] = [];
    for await (const { key } of lake.store.list('training/d/onnx/')) kept.push(key);
    expect(kept).toEqual([]);
  });

  it('fails without test rows', async () => {
    await expect(convertWith(0, trainer)).rejects.toMatchObject({ type: 'ParityFailed' });
  });

  it("refuses a trainer's file that is not the one that was trained", async () => {
    const converted = convertWith(10, trainer, { digest: 'f'.repeat(64) });
    await expect(converted).rejects.toMatchObject({ type: 'DigestMismatch' });
  });
});
