/** What people see of a run. */
import { describe, expect, it } from 'vitest';

import { runRecord, taskRecord as task } from '../../activities/ledger/testing/records.ts';
import type { RunRecord, TaskRecord } from '../../workflows/domain/run-record.ts';
import { runLines } from './run-view.ts';

const plain = (text: string): string => text;
const NOW = Date.UTC(2026, 1, 1, 8, 10);
const RUN = 'readmission.a-very-long-key-that-nobody-would-want-to-see-cut-2026-01-31T00:00:00Z';

function record(tasks: readonly TaskRecord[], rest: Partial<RunRecord> = {}): RunRecord {
  return runRecord({
    run: RUN,
    attempt: 2,
    state: 'failed',
    endedAt: '2026-02-01T08:01:30.000Z',
    tasks,
    ...rest,
  });
}

function lines(shown: RunRecord): string[] {
  return runLines({ record: shown, attempts: [1, 2] }, plain, NOW);
}

describe('runLines', () => {
  it('shows by when something had to succeed, and that it has not', () => {
    const deadline = { after: 'start', within: '1m', dueAt: '2026-02-01T08:01:00.000Z' } as const;
    const late = { ...deadline, task: 'silver', missed: true } as const;
    expect(
      lines(record([], { deadlines: [deadline, late] })).filter((line) => /^(late|deadline) /.test(line)),
    ).toEqual([
      'deadline  the run by 2026-02-01 08:01:00',
      'late      silver by 2026-02-01 08:01:00, which went by',
    ]);
  });

  it('shows a row for each task with its state, tries, times and cause, and what to do next', () => {
    const text = lines(
      record([
        task('bronze', {
          fromMemo: true,
          startedAt: '2026-02-01T07:00:00.000Z',
          endedAt: '2026-02-01T07:00:02.500Z',
        }),
        task('silver', {
          state: 'failed',
          tries: 3,
          queuedAt: '2026-02-01T08:00:00.000Z',
          startedAt: '2026-02-01T08:00:03.000Z',
          endedAt: '2026-02-01T08:01:21.000Z',
          error: { type: 'ContractFailed', message: 'age is null in 3 rows\nkeys 1, 2, 3' },
        }),
        task('gold', { state: 'upstream_failed', tries: 0 }),
      ]),
    );
    expect(text).toEqual([
      `${RUN}  failed`,
      'attempt   2 of 2',
      'interval  2026-01-01T00:00:00Z to 2026-01-31T00:00:00Z',
      'started   2026-02-01 08:00:00 by cli',
      'took      1 min 30 s',
      'params    {"project":"north"}',
      '',
      `   TASK    STATE            TRIES  START                DURATION    TIMELINE${' '.repeat(23)}WHY`,
      'S  bronze  success (kept)   1      2026-02-01 07:00:00  2.5 s',
      `F  silver  failed           3      2026-02-01 08:00:03  1 min 18 s  ░${'█'.repeat(28)}  ContractFailed: age is null in 3 rows`,
      'U  gold    upstream_failed  0',
      '',
      `next: assay runs logs ${RUN} silver, then assay runs rerun ${RUN} --only-failed`,
    ]);
  });

  it('draws shorter bars, or none, where a window has no room for them', () => {
    const tasks = [
      task('silver', {
        state: 'failed',
        startedAt: '2026-02-01T08:00:03.000Z',
        endedAt: '2026-02-01T08:01:21.000Z',
        error: { type: 'Broken', message: 'no luck' },
      }),
    ];
    const shown = { record: record(tasks), attempts: [1] };
    const rowAt = (columns: number): string =>
      runLines(shown, plain, NOW, columns).find((line) => line.startsWith('F')) ?? '';
    expect(rowAt(200)).toMatch(/ █{28} +Broken: no luck$/);
    expect(rowAt(100)).toMatch(/ █{13,15} +Broken: no luck$/);
    expect(rowAt(80)).toMatch(/1 min 18 s {2}Broken: no luck$/);
    expect(rowAt(80).length).toBeLessThanOrEqual(80);
  });

  it('says a cause once where tasks fail of what is inside them', () => {
    const error = { type: 'Broken', message: 'the shop is closed' };
    const text = lines(
      record([
        task('shops', { state: 'failed', error }),
        task('shop', { index: [1], within: 'shops', state: 'failed', error }),
        task('sales', { index: [1], within: 'shop[1]', state: 'failed', error }),
        task('other', { within: 'shop[1]', state: 'failed', error: { type: 'Broken', message: 'no light' } }),
      ]),
    );
    const causes = text.flatMap((line) => /(as \S+|Broken: .*)$/.exec(line)?.[1] ?? []);
    expect(causes).toEqual(['as shop[1]', 'as sales[1]', 'Broken: the shop is closed', 'Broken: no light']);
  });

  it('cuts a cause that goes on and on', () => {
    const error = { type: 'Broken', message: 'because '.repeat(200) };
    const row = lines(record([task('silver', { state: 'failed', error })])).find((line) =>
      line.startsWith('F'),
    );
    expect(row).toMatch(/Broken: because .*…$/);
    expect(row?.length).toBeLessThan(400);
  });

  it('counts the time of a task that runs up to now', () => {
    const open = record([task('silver', { state: 'running', startedAt: '2026-02-01T08:09:50.000Z' })], {
      state: 'running',
    });
    expect(lines(open).find((line) => line.startsWith('R  silver'))).toMatch(/10\.0 s +█+$/);
    expect(lines(open).at(-1)).toBe(`next: assay runs watch ${RUN}`);
  });

  it('says what a person has to decide about, and how', () => {
    const held = task('silver', {
      state: 'deferred',
      held: { until: '2026-02-08T08:00:00.000Z' },
      error: { type: 'Broken', message: 'no luck' },
    });
    const text = lines(record([held], { state: 'running' }));
    expect(text.find((line) => line.startsWith('D  silver'))).toContain('deferred (held)');
    expect(text.at(-1)).toBe(
      `next: assay runs resolve ${RUN} silver --retry (or --succeed JSON, --skip, --fail)`,
    );
  });

  it('shows the first items of a large map, and each that failed', () => {
    const items = Array.from({ length: 50 }, (_, at) =>
      task('score', { index: [at], ...(at === 40 ? { state: 'failed' as const } : {}) }),
    );
    const text = lines(record([task('score'), ...items]));
    expect(text.filter((line) => /score\[\d+\]/.test(line))).toHaveLength(22);
    expect(text.join('\n')).toContain('F    score[40]');
    expect(text.join('\n')).toContain('score[…]');
  });
});
