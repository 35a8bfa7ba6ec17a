/** `assay runs list` as a person sees it in windows of different widths. */
import { describe, expect, it } from 'vitest';

import type { RunSummary } from '../../activities/ledger/contract.ts';
import { createOutput } from './output.ts';
import { printRuns } from './run-rows.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');

function summary(run: string, rest: Partial<RunSummary> = {}): RunSummary {
  return {
    run,
    pipeline: 'medallion',
    attempt: 1,
    state: 'success',
    claimedAt: '2026-03-01T11:55:00.000Z',
    startedAt: '2026-03-01T11:55:00.000Z',
    endedAt: '2026-03-01T11:56:25.000Z',
    startedBy: 'cli',
    failed: [],
    ...rest,
  };
}

const RUNS: readonly RunSummary[] = [
  summary('medallion.readmission-2026-03-01T00:00:00Z', {
    state: 'failed',
    attempt: 2,
    failed: ['silver-checks', 'gold-checks'],
  }),
  summary('dailyFigures-2026-02-27T00:00:00Z', {
    startedAt: '2026-02-27T00:00:01.000Z',
    startedBy: 'backfill backfill-dailyFigures-20260227T000000Z',
  }),
];
const { startedBy: _by, startedAt: _at, endedAt: _end, ...open } = summary('squares-2026-03-01T11:00:00Z');

function printed(runs: readonly RunSummary[], columns?: number): string[] {
  const said: string[] = [];
  const terminal = columns === undefined ? {} : { isTTY: true, columns };
  printRuns(createOutput({ write: (text) => said.push(text), ...terminal }), runs, NOW);
  return said.join('').trimEnd().split('\n');
}

describe('printRuns', () => {
  it('says all there is where nobody looks on, and in a wide window', () => {
    const lines = printed(RUNS);
    expect(lines[0]).toMatch(/^RUN +ATTEMPT  STATE    STARTED +DURATION +BY +FAILED$/);
    expect(lines[2]).toContain('backfill backfill-dailyFigures-20260227T000000Z');
    expect(printed(RUNS, 200)).toEqual(lines);
  });

  it('fits a window of 80 characters: which attempt, how long ago, which tasks failed', () => {
    expect(printed([...RUNS, { ...open, state: 'running' }], 80)).toEqual([
      'RUN                                         #  STATE    AGO    TOOK   FAILED',
      'medallion.readmission-2026-03-01T00:00:00Z  2  failed   5 min  85 s   silver-ch…',
      'dailyFigures-2026-02-27T00:00:00Z           1  success  2 d    2 d',
      'squares-2026-03-01T11:00:00Z                1  running  5 min  5 min',
    ]);
  });

  it('has room for what started them where ids are shorter and nothing has failed or run again', () => {
    expect(printed([summary('squares-2026-03-01T11:00:00Z'), ...RUNS.slice(1)], 80)).toEqual([
      'RUN                                STATE    AGO    TOOK  BY',
      'squares-2026-03-01T11:00:00Z       success  5 min  85 s  cli',
      'dailyFigures-2026-02-27T00:00:00Z  success  2 d    2 d   backfill',
    ]);
  });

  it.each([60, 80, 100, 120])('has no line go on in the next at %d characters', (columns) => {
    for (const line of printed([...RUNS, { ...open, state: 'queued' }], columns)) {
      expect(line.length).toBeLessThanOrEqual(columns);
    }
  });
});
