/** A channel of seeded rows in a store: the label first, FLOAT only; it depends on the first two of five columns. */
import { join } from 'node:path';

import { DuckDBInstance } from '@duckdb/node-api';

import { temporaryFolder } from '../../../testing/temporary-folder.ts';
import type { ObjectStore } from '../../store/contract.ts';

const COLUMNS = ['a', 'b', 'c', 'd', 'e'].map(
  (name, at) => `CAST(hash(i * 7 + ${at}) % 40 / 10 AS FLOAT) AS ${name}`,
);

/** @param rows by their numbers: channels of different ones have no row in common */
export async function writeSyntheticChannel(
  store: ObjectStore,
  prefix: string,
  [from, to]: readonly [number, number],
): Promise<void> {
  const folder = await temporaryFolder('channel');
  const file = join(folder, 'part-0.parquet');
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    await connection.run(
      `COPY (
         SELECT CAST((hash(i) % 1000) / 1000 < 1 / (1 + exp(3 - a - b)) AS FLOAT) AS label, a, b, c, d, e
         FROM (SELECT i, ${COLUMNS.join(', ')} FROM range(${from}, ${to}) AS t(i)) ORDER BY i
       ) TO $file (FORMAT parquet)`,
      { file },
    );
    await store.upload(`${prefix}/part-0.parquet`, file);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
