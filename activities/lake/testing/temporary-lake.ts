/** A lake in a temporary folder, on a real store and a real DuckDB. */
import { setMaxListeners } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '../../../testing/temporary-folder.ts';
import { attempt } from '../../attempt.ts';
import { createLocalStore } from '../../store/local-store.ts';
import type { ObjectStore } from '../../store/contract.ts';
import type { DuckDB, Lake, SqlParams, SqlRow, TableWrite, Written } from '../contract.ts';
import { createDuckDB } from '../duckdb.ts';
import { createLake } from '../lake.ts';

export interface TemporaryLake {
  readonly root: string;
  readonly store: ObjectStore;
  readonly duckdb: DuckDB;
  readonly lake: Lake;
  /** What the lake takes for the time; starts now and moves only when told. */
  readonly clock: { now: number };
  /** A write in a session of its own. */
  write(table: string, write: TableWrite): Promise<Written>;
  /** All rows of a version, ordered by all columns; `sql` may select from the view `it` instead. */
  read(table: string, version?: number, sql?: string, params?: SqlParams): Promise<SqlRow[]>;
  close(): Promise<void>;
}

/** @param wrap lets a test stand between the lake and its store */
export async function temporaryLake(
  wrap: (store: ObjectStore) => ObjectStore = (store) => store,
): Promise<TemporaryLake> {
  // Outside a worker all sessions hang on one signal, and tests open many at once.
  setMaxListeners(0, attempt().signal);
  const folder = await temporaryFolder('lake');
  const root = join(folder, 'store');
  const store = wrap(createLocalStore(root));
  const duckdb = createDuckDB({ memoryLimit: '400MB', threads: 2, tempDirectory: join(folder, 'temp') });
  const clock = { now: Date.now() };
  const lake = createLake({ store, duckdb, now: () => clock.now });
  return {
    root,
    store,
    duckdb,
    lake,
    clock,
    write: (table, write) => duckdb.session((session) => lake.write(session, table, write)),
    async read(table, version, sql = 'SELECT * FROM it ORDER BY ALL', params) {
      const at = version ?? (await lake.snapshot(table)).version;
      return duckdb.session(async (session) => {
        await lake.attach(session, 'it', { table, version: at });
        return session.rows(sql, params);
      });
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}
