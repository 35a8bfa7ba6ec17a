/** What the lake promises on a folder holds in a bucket as well, and through a network with faults. */
import { ApplicationFailure } from '@temporalio/common';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { seededFaults, startFaultProxy } from '../store/s3/testing/fault-proxy.ts';
import { gatewayMissing, startGateway } from '../store/s3/testing/gateway.ts';
import type { Gateway } from '../store/s3/testing/gateway.ts';
import type { TableWrite } from './contract.ts';
import { temporaryLake } from './testing/temporary-lake.ts';
import type { TemporaryLake } from './testing/temporary-lake.ts';

const TABLE = 'test/contended';
const HOUR_MS = 3_600_000;

const row = (id: number, more: Partial<TableWrite> = {}): TableWrite => ({
  query: `SELECT $id::BIGINT AS id, 'p' || ($id % 2) AS p`,
  params: { id },
  mode: 'append',
  partitionBy: ['p'],
  key: `key ${id}`,
  ...more,
});

const upTo = (count: number): number[] => Array.from({ length: count }, (_, id) => id);

/** As tasks do with a store that does not answer however often it was asked: the next try, under the same key. */
async function again<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (error instanceof ApplicationFailure && error.type === 'StoreUnavailable') return again(write);
    throw error;
  }
}

describe('a lake in an S3 bucket', () => {
  let gateway: Gateway;
  let lake: TemporaryLake;
  beforeAll(async () => {
    if (gatewayMissing === undefined) gateway = await startGateway();
  });
  afterAll(() => gateway?.stop());
  beforeEach(async (context) => {
    context.skip(gatewayMissing !== undefined, gatewayMissing);
    lake = await temporaryLake(() => gateway.store());
  });
  afterEach(() => lake?.close());

  const ids = async (version?: number): Promise<unknown[]> =>
    (await lake.read(TABLE, version, 'SELECT id FROM it ORDER BY id')).map(({ id }) => id);

  /** Versions are contiguous, and every row is there once. */
  async function writeAll(writers: number, commits: number): Promise<void> {
    const writer = async (number: number): Promise<number[]> => {
      const versions: number[] = [];
      for (let turn = 0; turn < commits; turn++) {
        versions.push((await again(() => lake.write(TABLE, row(number * commits + turn)))).version);
      }
      return versions;
    };
    const versions = await Promise.all(upTo(writers).map(writer));
    expect(versions.flat().toSorted((a, b) => a - b)).toEqual(upTo(writers * commits));
    expect(await ids()).toEqual(upTo(writers * commits));
    const history = await lake.lake.history(TABLE);
    expect(history.map(({ version }) => version)).toEqual(upTo(writers * commits));
    expect(history.every(({ rows }) => rows.added === 1 && rows.removed === 0)).toBe(true);
  }

  it('loses nothing and duplicates nothing of sixteen writers with five commits each', async () => {
    await writeAll(16, 5);
    const checkpoint = `lake/${TABLE}/_delta_log/${'50'.padStart(20, '0')}.checkpoint.parquet`;
    expect(await lake.store.head(checkpoint)).toBeDefined();
  });

  it('commits a write once however many of its tries run at the same time', async () => {
    const tries = await Promise.all(upTo(8).map(() => lake.write(TABLE, row(1))));
    expect(tries.filter(({ committed }) => committed)).toHaveLength(1);
    expect(await ids()).toEqual([1]);
  });

  it('reads every version back after appends, an overwrite and a replaced partition', async () => {
    await lake.write(TABLE, row(1));
    await lake.write(TABLE, row(2));
    await lake.write(TABLE, row(3, { mode: { replace: { p: 'p1' } } }));
    await lake.write(TABLE, row(4, { mode: 'overwrite' }));
    expect([await ids(0), await ids(1), await ids(2), await ids(3)]).toEqual([[1], [1, 2], [2, 3], [4]]);
    expect(await lake.lake.list()).toMatchObject([{ name: TABLE, version: 3, rows: 1 }]);
  });

  it('keeps by a vacuum what versions inside the retention need, and deletes the rest', async () => {
    await lake.write(TABLE, row(1));
    lake.clock.now += HOUR_MS;
    await lake.write(TABLE, row(2, { mode: 'overwrite' }));
    lake.clock.now += 10 * HOUR_MS;
    await lake.write(TABLE, row(3, { mode: 'overwrite' }));
    lake.clock.now += HOUR_MS;
    expect((await lake.lake.vacuum(TABLE, { retainHours: 5 })).deleted).toHaveLength(1);
    expect([await ids(1), await ids()]).toEqual([[2], [3]]);
    await expect(ids(0)).rejects.toMatchObject({ type: 'VersionNotFound' });
  });

  it('loses nothing and duplicates nothing when every sixth request goes wrong', async () => {
    const proxy = await startFaultProxy(gateway.endpoint, seededFaults(11, 1 / 6));
    await lake.close();
    const client = {
      retryMode: 'standard',
      requestHandler: { connectionTimeout: 1_000, socketTimeout: 500 },
    };
    lake = await temporaryLake(() => gateway.store({ endpoint: proxy.endpoint, client }));
    await writeAll(4, 3);
    expect(proxy.played.size).toBeGreaterThan(4);
    await proxy.close();
  });
});
