import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Mapped } from '../domain/mapped.ts';
import { mappedValues } from '../domain/mapped.ts';
import type { MemoPart } from '../domain/run-record.ts';
import { startKit, type Kit } from './testing/kit.ts';
import { fanOut } from './testing/pipelines.ts';
import { createProbe } from './testing/probe.ts';

const probe = createProbe();
let kit: Kit;
const fireTime = '2026-04-01T00:00:00Z';

beforeAll(async () => {
  kit = await startKit({ pipelines: [fanOut], activities: probe.activities });
});
afterAll(() => kit.stop());

/** The results of a part's tasks, read from the store as an activity reads them. */
async function read({ object }: MemoPart): Promise<readonly unknown[]> {
  const tasks: { result: unknown }[] = JSON.parse(new TextDecoder().decode(await kit.store.get(object)));
  return tasks.map(({ result }) => result);
}

async function valuesIn(mapped: unknown): Promise<unknown[]> {
  const values: unknown[] = [];
  for await (const value of mappedValues(mapped as Mapped<unknown>, read)) values.push(value);
  return values;
}

describe('a map', () => {
  test('hands its results on, in order', async () => {
    const mapped = await kit.execute(fanOut, { params: { items: 12, bytes: 3, concurrency: 5 } });
    expect(mapped).toMatchObject({ length: 12 });
    expect(await valuesIn(mapped)).toEqual(Array.from({ length: 12 }, (_, at) => String(at).padEnd(3, '.')));
  });

  test('of nothing has no results', async () => {
    expect(await kit.execute(fanOut, { params: { items: 0 } })).toEqual({ length: 0, values: [] });
  });

  test('keeps results in the ledger that are too heavy for one', async () => {
    const mapped = await kit.execute(fanOut, { params: { items: 100, bytes: 2000 } });
    expect(mapped).toHaveProperty('parts');
    expect(await valuesIn(mapped)).toHaveLength(100);
  });

  test('fails with the number of items that did, and does those alone again', async () => {
    probe.fail('3', { type: 'Broken' });
    probe.fail('7', { type: 'Broken' });
    const params = { items: 10, bytes: 1 };
    await expect(kit.execute(fanOut, { fireTime, key: 'small', params })).rejects.toMatchObject({
      cause: {
        message: expect.stringContaining('ItemsFailed: 2 of 10 items of work failed; the first: Broken'),
      },
    });
    const before = probe.calls('5');
    const input = { fireTime, key: 'small', attempt: 2, rerun: { onlyFailed: true } } as const;
    expect(await kit.execute(fanOut, input)).toMatchObject({ length: 10 });
    expect(probe.calls('5')).toBe(before);
  });

  test('of 2,000 items with results of 1 KB runs in child workflows and stays small', async () => {
    const handle = await kit.start(fanOut, { fireTime, params: { items: 2000, bytes: 1000 } });
    const mapped = await handle.result();
    const values = await valuesIn(mapped);
    expect(values).toHaveLength(2000);
    expect(values[1999]).toBe('1999'.padEnd(1000, '.'));
    const { events } = await handle.fetchHistory();
    expect(events?.length).toBeLessThan(200);
  }, 120_000);

  test('of many items with light results hands on the results themselves', async () => {
    const mapped = await kit.execute(fanOut, { params: { items: 450, bytes: 3 } });
    expect(mapped).toEqual({
      length: 450,
      values: Array.from({ length: 450 }, (_, at) => String(at).padEnd(3, '.')),
    });
  }, 60_000);

  test('of 2,000 items reruns one of them alone', async () => {
    const before = [probe.calls('1234'), probe.calls('1235'), probe.calls('3')];
    const input = { fireTime, attempt: 2, rerun: { from: ['work[1234]'] } };
    const mapped = await kit.execute(fanOut, input);
    expect(await valuesIn(mapped)).toHaveLength(2000);
    const after = [probe.calls('1234'), probe.calls('1235'), probe.calls('3')];
    expect(after.map((calls, at) => calls - (before[at] ?? 0))).toEqual([1, 0, 0]);
  }, 60_000);
});
