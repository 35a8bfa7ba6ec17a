import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodeRecord } from '../../workflows/domain/encoder.ts';
import { temporaryLake, type TemporaryLake } from '../lake/testing/temporary-lake.ts';
import { score } from './score.ts';
import {
  dependencies,
  ENCODER,
  FEBRUARY,
  JANUARY,
  registryOfTwo,
  SPEC,
  trainedFile,
  writeFeatures,
} from './testing/project.ts';
import { readModel } from './xgboost/model.ts';
import { predictions } from './xgboost/walker.ts';

const models = registryOfTwo();
let lake: TemporaryLake;

beforeEach(async () => {
  lake = await temporaryLake();
});
afterEach(() => lake.close());

/** What row `id` of January must get, worked out without SQL and without ONNX Runtime. */
function expectedScore(id: number): number {
  const record = {
    x: id % 5 === 0 ? null : id % 23,
    colour: ['red', 'blue', 'green', null][id % 4],
  };
  return predictions(readModel(trainedFile()), encodeRecord(ENCODER, record), 1)[0]!;
}

async function scoreInterval(rows: number, interval = JANUARY, model = models.first, key = 'r/1/score') {
  const features = await writeFeatures(lake, rows);
  return score(dependencies(lake, models), { project: 'paint', interval, features, model, key });
}

describe('score', () => {
  it('gives every row of more than a batch the score of its own features', async () => {
    const scored = await scoreInterval(45_000);
    expect(scored.rows).toBe(45_000);
    const rows = await lake.read(SPEC.tables.predictions, undefined, 'SELECT id, score FROM it ORDER BY id');
    const wrong = rows.filter(
      ({ id, score: got }) => Math.abs(Number(got) - expectedScore(Number(id))) > 1e-6,
    );
    expect([rows.length, wrong]).toEqual([45_000, []]);
  });

  it('writes key, entity, interval, decision and the version that decided', async () => {
    const scored = await scoreInterval(3);
    const [row] = await lake.read(SPEC.tables.predictions, undefined, 'SELECT * FROM it WHERE id = 1');
    expect(row).toEqual({
      id: 1,
      owner: 1,
      _interval: JANUARY.start,
      score: expect.closeTo(expectedScore(1), 6),
      decision: 'low',
      model: 'paint',
      model_version: 1,
      model_digest: models.first.digest,
    });
    const high = [1, 2, 3].map(expectedScore).filter((value) => value >= 0.5).length;
    expect(scored.aboveThreshold).toBe(high);
    expect(scored.scoreMean).toBeCloseTo([1, 2, 3].map(expectedScore).reduce((a, b) => a + b) / 3, 6);
  });

  it('commits nothing the second time under the same key', async () => {
    const first = await scoreInterval(10);
    const again = await scoreInterval(10);
    expect(again).toEqual(first);
  });

  it('replaces the interval whole with another model, and leaves other intervals alone', async () => {
    await scoreInterval(10, FEBRUARY);
    await scoreInterval(10, JANUARY, models.first, 'r/2/score');
    await scoreInterval(10, JANUARY, models.second, 'r/3/score');
    const sql = 'SELECT _interval, model_version, count(*) AS rows FROM it GROUP BY ALL ORDER BY ALL';
    expect(await lake.read(SPEC.tables.predictions, undefined, sql)).toEqual([
      { _interval: JANUARY.start, model_version: 2, rows: 10 },
      { _interval: FEBRUARY.start, model_version: 1, rows: 1 },
    ]);
  });

  it('refuses a model whose bytes are not the pinned ones, and writes nothing', async () => {
    const tampered = { ...models.second, digest: models.first.digest };
    await expect(scoreInterval(3, JANUARY, tampered)).rejects.toMatchObject({ type: 'DigestMismatch' });
    expect(await lake.lake.exists(SPEC.tables.predictions)).toBe(false);
  });

  it('refuses an interval without rows instead of writing an empty one', async () => {
    const april = { start: '2026-04-01T00:00:00Z', end: '2026-05-01T00:00:00Z' };
    await expect(scoreInterval(3, april)).rejects.toMatchObject({ type: 'NothingToScore' });
  });

  it('refuses a key that comes twice, and writes nothing', async () => {
    const { table, version } = await lake.write(SPEC.tables.features, {
      query: `SELECT 1 AS id, 2 AS owner, '${JANUARY.start}' AS _interval, 3.0 AS x, 'red' AS colour FROM range(2)`,
      mode: 'append',
      partitionBy: ['_interval'],
      key: 'twice',
    });
    const input = { project: 'paint', interval: JANUARY, model: models.first, key: 'r/1/score' };
    const scored = score(dependencies(lake, models), { ...input, features: { table, version } });
    await expect(scored).rejects.toMatchObject({ type: 'ScoresInvalid' });
    expect(await lake.lake.exists(SPEC.tables.predictions)).toBe(false);
  });
});
