import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryLake, type TemporaryLake } from '../lake/testing/temporary-lake.ts';
import { scoreFile } from './score-file.ts';
import { dependencies, registryOfTwo, SPEC } from './testing/project.ts';

const models = registryOfTwo();
const CSV = 'id,owner,x,colour\n7,1,12,red\n8,2,?,blue\n9,1,3,transparent\n';
let lake: TemporaryLake;

beforeEach(async () => {
  lake = await temporaryLake();
});
afterEach(() => lake.close());

async function scoreUpload(file: string, content: string | Uint8Array, output = 'scored/out.csv') {
  await lake.store.put(file, content);
  const deps = { ...dependencies(lake, models), store: lake.store };
  return scoreFile(deps, { project: 'paint', file, model: models.first, output, key: 'u/1/score' });
}

async function lines(key = 'scored/out.csv'): Promise<string[]> {
  return Buffer.from(await lake.store.get(key))
    .toString()
    .trimEnd()
    .split('\n');
}

describe('scoreFile', () => {
  it('answers every row of a CSV in its order, and says which the rules leave out', async () => {
    const scored = await scoreUpload('uploads/a.csv', CSV);
    expect(scored).toMatchObject({ rows: 2, notScored: 1, output: 'scored/out.csv' });
    expect(await lines()).toEqual([
      'id,owner,score,decision,model,model_version',
      // Margins 0.25 + 0.5 and -1 - 0.5, through the sigmoid.
      expect.stringMatching(/^7,1,0\.679\d+,high,paint,1$/),
      expect.stringMatching(/^8,2,0\.182\d+,low,paint,1$/),
      '9,1,,not scored,paint,1',
    ]);
  });

  it('scores gzip and Parquet to the same rows', async () => {
    await scoreUpload('uploads/a.csv', CSV);
    const plain = await lines();
    await scoreUpload('uploads/a.csv.gz', gzipSync(CSV));
    expect(await lines()).toEqual(plain);
    await scoreUpload('uploads/a.parquet', await parquet());
    expect(await lines()).toEqual(plain);
  });

  it('lists every missing and mistyped column at once, and scores nothing', async () => {
    const upload = scoreUpload('uploads/a.csv', 'id,owner,x\n1.5,1,2\nabc,2,3\n4,,?\n');
    await expect(upload).rejects.toMatchObject({
      type: 'InvalidUpload',
      details: [
        {
          problems: [
            { column: 'colour', problem: 'missing' },
            { column: 'id', problem: expect.stringContaining('not a whole number in 2 rows') },
          ],
        },
      ],
    });
    expect(await lake.store.head('scored/out.csv')).toBeUndefined();
  });

  it.each([
    ['no CSV and no Parquet', 'uploads/a.xlsx', 'x'],
    ['Parquet that is none', 'uploads/a.parquet', 'x'],
  ])('says what it can read instead of %s', async (_, file, content) => {
    await expect(scoreUpload(file, content)).rejects.toMatchObject({ type: 'UnreadableFile' });
  });

  it('takes what the lake knows of a patient for the past of the upload', async () => {
    const threshold = 'id,owner,x,colour\n7,1,9.9,red\n';
    await scoreUpload('uploads/a.csv', threshold);
    const [, without] = await lines();
    await lake.write(SPEC.tables.silver, {
      query: "SELECT 1 AS id, 1 AS owner, DATE '2025-12-01' AS _month, '2025-12-01T00:00:00Z' AS _interval",
      mode: 'append',
      partitionBy: ['_interval'],
      key: 'past',
    });
    await scoreUpload('uploads/a.csv', threshold);
    const [, withPast] = await lines();
    expect(withPast).not.toBe(without);
  });
});

async function parquet(): Promise<Uint8Array> {
  return lake.duckdb.session(async (session) => {
    const csv = join(session.scratch, 'a.csv');
    await writeFile(csv, CSV);
    const out = join(session.scratch, 'a.parquet');
    await session.run('COPY (SELECT * FROM read_csv($csv)) TO $out (FORMAT parquet)', { csv, out });
    const [row] = await session.rows<{ content: Uint8Array }>('SELECT content FROM read_blob($out)', { out });
    return row!.content;
  });
}
