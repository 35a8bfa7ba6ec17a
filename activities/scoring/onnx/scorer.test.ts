import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modelFile } from '../testing/model-file.ts';
import { readModel } from '../xgboost/model.ts';
import { toOnnx } from './from-xgboost.ts';
import { BATCH_ROWS, openScorer, type Scorer } from './scorer.ts';

const COLUMNS = 3;
let scorer: Scorer;

beforeAll(async () => {
  scorer = await openScorer(toOnnx(readModel(modelFile())));
});
afterAll(() => scorer.close());

/** Rows whose margins are -1 - 0.5 and 0.25 + 0.5 in turn. */
function alternating(rows: number): Float32Array {
  return Float32Array.from({ length: rows * COLUMNS }, (_, place) => Math.floor(place / COLUMNS) % 2);
}

describe('openScorer', () => {
  it('scores more rows than a batch in their order', async () => {
    const rows = BATCH_ROWS + 3;
    const scores = await scorer.score(alternating(rows), rows, COLUMNS);
    expect(scores).toHaveLength(rows);
    expect(scores[0]).toBeCloseTo(1 / (1 + Math.exp(1.5)), 6);
    expect(scores[1]).toBeCloseTo(1 / (1 + Math.exp(-0.75)), 6);
    expect(scores.every((score, row) => score === scores[row % 2])).toBe(true);
  });

  it('gives each of several calls at once its own answer, and leaves their matrices alone', async () => {
    const matrix = alternating(5);
    const parts = [1, 2, 3, 4, 5].map((rows) =>
      scorer.score(matrix.subarray(0, rows * COLUMNS), rows, COLUMNS),
    );
    expect((await Promise.all(parts)).map(({ length }) => length)).toEqual([1, 2, 3, 4, 5]);
    expect(matrix).toEqual(alternating(5));
  });

  it('says what is wrong with a call, and answers the next', async () => {
    await expect(scorer.score(alternating(1), 1, COLUMNS, 'nothing')).rejects.toThrow(/nothing/);
    await expect(scorer.score(alternating(1), 2, COLUMNS)).rejects.toThrow('3 values are not 2 rows');
    expect(await scorer.score(alternating(2), 2, COLUMNS)).toHaveLength(2);
  });

  it('tells nobody outside that there are models: the runtime has begun no report', async () => {
    expect(process.env['ORT_DISABLE_TELEMETRY']).toBe('1');
    const begun = (await readdir(tmpdir())).filter((name) => name === '.ses' || name.startsWith('mat-debug'));
    expect(begun).toEqual([]);
  });

  it('refuses what is no model', async () => {
    await expect(openScorer(Buffer.from('no model'))).rejects.toThrow(/protobuf|load model/i);
  });
});
