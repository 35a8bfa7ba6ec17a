import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { recordPage, wholeRecord, type PageAsked } from './record-pages.ts';
import type { RunRecord, TaskRecord } from './run-record.ts';

function recordWith(tasks: readonly TaskRecord[]): RunRecord {
  return {
    run: 'wide-2026-01-01T00:00:00Z',
    pipeline: 'wide',
    attempt: 1,
    state: 'running',
    interval: { start: '2026-01-01T00:00:00Z', end: '2026-01-01T00:00:00Z' },
    params: {},
    startedBy: 'manual',
    codeVersion: 'one',
    workflowId: 'wide',
    workflowRunId: 'one',
    startedAt: '2026-01-01T00:00:00Z',
    clock: '2026-01-01T00:00:00Z',
    tasks,
  };
}

const task = (name: string, rest: Partial<TaskRecord> = {}): TaskRecord => ({
  name,
  state: 'success',
  tries: 1,
  after: [],
  fromMemo: false,
  ...rest,
});

describe('a record in pages', () => {
  test('is whole again, whatever its tasks weigh, and no page is heavier than its limit and a task', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(400), { maxLength: 30 }), async (weights) => {
        const record = recordWith(weights.map((bytes, at) => task(`t${at}`, { result: 'x'.repeat(bytes) })));
        const pages: number[] = [];
        const ask = async (page: PageAsked) => {
          const answer = recordPage(record, page, 1000);
          pages.push(JSON.stringify(answer.tasks).length);
          return answer;
        };
        expect(await wholeRecord(ask)).toEqual(record);
        expect(Math.max(...pages)).toBeLessThan(1000 + 500 + 50);
      }),
    );
  });

  test('is one page where it is light, and says on the others where to go on', () => {
    const record = recordWith([task('a'), task('b'), task('c')]);
    expect(recordPage(record)).toEqual(record);
    expect(recordPage(record, {}, 1)).toMatchObject({ tasks: [{ name: 'a' }], more: { from: 1, of: 3 } });
    expect(recordPage(record, { from: 2 }, 1)).not.toHaveProperty('more');
    expect(recordPage(record, { from: 9 }).tasks).toEqual([]);
  });

  test('has the later state of a task that comes twice, since the run goes on', async () => {
    const before = recordWith([task('a', { state: 'running' }), task('b')]);
    const after = recordWith([task('new'), task('a'), task('b')]);
    const whole = await wholeRecord(async (page) => recordPage(page.from === 0 ? before : after, page, 1));
    expect(whole.tasks.map(({ name, state }) => [name, state])).toEqual([
      ['a', 'success'],
      ['b', 'success'],
    ]);
  });
});
