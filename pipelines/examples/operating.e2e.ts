/** The examples on failures, teardown and maps, at work on a real server. */
import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { TaskRecord } from '../../workflows/domain/run-record.ts';
import { pipelineGraph } from '../../workflows/engine/dry-run.ts';
import { startKit, type Kit } from '../../workflows/engine/testing/kit.ts';
import { createClusterActivities, type ClusterActivities } from './cluster.activities.ts';
import { cluster } from './cluster.pipeline.ts';
import { createSalesActivities, type SalesActivities } from './regions.activities.ts';
import { regions } from './regions.pipeline.ts';
import { createDownloadActivities, type DownloadActivities } from './retry-policy.activities.ts';
import { retryPolicy } from './retry-policy.pipeline.ts';

/** What the activities of the test are to throw, one call after another. */
const faults: Error[] = [];
const clusters = new Set<string>();
const asked: string[] = [];
let kit: Kit;

/** The examples' own, which throw besides what the test says. */
const own = {
  cluster: createClusterActivities(clusters),
  download: createDownloadActivities(),
  shops: createSalesActivities(),
};

const failing = async <T>(body: () => Promise<T>): Promise<T> => {
  const fault = faults.shift();
  if (fault !== undefined) throw fault;
  return body();
};

type Input<A extends (input: never) => unknown> = Parameters<A>[0];

const activities = {
  'download.fetch': (input: Input<DownloadActivities['fetch']>) => failing(() => own.download.fetch(input)),
  // It is there even where nobody is told so.
  'cluster.create': async (input: Input<ClusterActivities['create']>) => {
    const made = await own.cluster.create(input);
    return failing(async () => made);
  },
  'cluster.compute': (input: Input<ClusterActivities['compute']>) =>
    failing(() => own.cluster.compute(input)),
  'cluster.remove': (input: Input<ClusterActivities['remove']>) => own.cluster.remove(input),
  'shops.sales': (input: Input<SalesActivities['sales']>) => {
    asked.push(input.shop);
    return own.shops.sales(input);
  },
};

beforeAll(async () => {
  kit = await startKit({ pipelines: [cluster, regions, retryPolicy], activities });
});
afterAll(() => kit.stop());

function fault(type: string, cause?: Error): Error {
  return ApplicationFailure.create({ type, message: `${type} it is`, ...(cause && { cause }) });
}

async function taskOf(run: string, name: string): Promise<TaskRecord | undefined> {
  return (await kit.ledger.record(run))?.tasks.find((task) => task.name === name);
}

describe('retryPolicy', () => {
  test('waits out a rate limit that stands anywhere in the chain of causes', async () => {
    faults.push(fault('Broken', fault('RateLimited')));
    expect(await kit.execute(retryPolicy, { fireTime: '2026-01-01T00:00:00Z' })).toEqual({ bytes: 400 });
    const fetch = await taskOf('retryPolicy-2026-01-01T00:00:00Z', 'fetch');
    // The fault of the test, that of the server's, and then the file.
    expect(fetch).toMatchObject({ state: 'success', tries: 3 });
  });

  test('gives up at once where access is denied', async () => {
    const params = { url: 'https://example.org/secret' };
    const run = kit.execute(retryPolicy, { params, fireTime: '2026-01-02T00:00:00Z' });
    await expect(run).rejects.toMatchObject({ cause: { type: 'RunFailed' } });
    const told = await taskOf('retryPolicy-2026-01-02T00:00:00Z', 'told');
    expect(told?.result).toBe('gave up: AccessDenied');
    expect(await taskOf('retryPolicy-2026-01-02T00:00:00Z', 'fetch')).toMatchObject({ tries: 1 });
  });
});

describe('cluster', () => {
  test('is removed when the work is done, and when it has failed', async () => {
    expect(await kit.execute(cluster, { fireTime: '2026-01-01T00:00:00Z' })).toBe((300 * 301) / 2);
    expect(clusters.size).toBe(0);
    faults.push(fault('OutOfMemory'));
    const failed = kit.execute(cluster, { fireTime: '2026-01-02T00:00:00Z' });
    await expect(failed).rejects.toMatchObject({ cause: { type: 'RunFailed' } });
    expect(clusters.size).toBe(0);
    const { nodes } = await pipelineGraph(cluster, { shards: 2 });
    expect(nodes.map(({ name, kind }) => `${kind} ${name}`)).toEqual([
      'task setup',
      'task shard-0',
      'task shard-1',
      'task sum',
      'finally teardown',
    ]);
  });
});

describe('regions', () => {
  /** Of `a` and `b` in the north, and of `c` in the south. */
  const TOTAL = 79_319 + 79_320 + 68_289;

  test('sums up shops by region, and does one shop again alone with what depends on it', async () => {
    const fireTime = '2026-01-01T00:00:00Z';
    expect(await kit.execute(regions, { fireTime })).toBe(TOTAL);
    asked.length = 0;
    const rerun = { from: ['shop[0,1]'] };
    expect(await kit.execute(regions, { fireTime, attempt: 2, rerun })).toBe(TOTAL);
    expect(asked).toEqual(['b']);
    const again = (await kit.ledger.record(`regions-${fireTime}`))?.tasks.filter(({ fromMemo }) => !fromMemo);
    expect(again?.map(({ name, index = [] }) => [name, ...index].join(' ')).toSorted()).toEqual([
      'region',
      'region 0',
      'shop 0',
      'shop 0 1',
      'total',
    ]);
  });
});
