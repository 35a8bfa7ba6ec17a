import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

import { beforeEach, describe, expect, it } from 'vitest';

import { createDuckDB } from '../../activities/lake/duckdb.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { intervalOf, HISTORY_MONTHS, LIVE_MONTHS } from './calendar.ts';
import { splitRealFile } from './split.ts';

describe('splitRealFile', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await temporaryFolder('split');
  });

  const split = async (
    lines: readonly string[],
  ): Promise<{ month: string; lines: string[]; rows: number }[]> => {
    const path = join(folder, 'all.csv');
    await writeFile(path, `${['encounter_id,patient_nbr,race', ...lines].join('\n')}\n`);
    const duckdb = createDuckDB({ memoryLimit: '200MB', threads: 2, tempDirectory: join(folder, 'temp') });
    const files = await splitRealFile(duckdb, path, join(folder, 'months'), {
      historyMonths: ['2025-02', '2025-03'],
      liveMonths: ['2025-04', '2025-05', '2025-06'],
    });
    return Promise.all(
      files.map(async ({ month, file, rows }) => ({
        month,
        rows,
        lines: gunzipSync(await readFile(file))
          .toString()
          .trimEnd()
          .split('\n'),
      })),
    );
  };

  it('sorts by number, gives history two fifths and the months equal parts', async () => {
    const months = await split([100, 9, 30, 1000, 2, 70, 11, 80, 90, 20].map((id) => `${id},1,x`));
    expect(
      months.map(({ month, lines }) => [month, ...lines.slice(1).map((line) => line.split(',')[0])]),
    ).toEqual([
      ['2025-02', '2', '9'],
      ['2025-03', '11', '20'],
      ['2025-04', '30', '70'],
      ['2025-05', '80', '90'],
      ['2025-06', '100', '1000'],
    ]);
    expect(months.every(({ lines }) => lines[0] === 'encounter_id,patient_nbr,race')).toBe(true);
    expect(months.map(({ rows }) => rows)).toEqual([2, 2, 2, 2, 2]);
  });

  it('hands on lines as they are, broken ones last', async () => {
    const lines = ['3,1,"a', '1,2', 'broken,"x",y', '2,1,ä é', '4,,,,,'];
    const months = await split(lines);
    const kept = months.flatMap((month) => month.lines.slice(1)).filter((line) => line !== '');
    expect(kept).toEqual(['1,2', '2,1,ä é', '3,1,"a', '4,,,,,', 'broken,"x",y']);
  });
});

describe('the calendar', () => {
  it('lets every month mature before the one after the next is over', () => {
    const horizon = 30 * 86_400_000;
    const intervals = [intervalOf(HISTORY_MONTHS), ...LIVE_MONTHS.map((month) => intervalOf([month]))];
    for (const [index, { end }] of intervals.entries()) {
      const next = intervals[index + 1];
      if (!next) continue;
      expect(next.start).toBe(end);
      expect(Date.parse(end) + horizon).toBeLessThanOrEqual(Date.parse(next.end));
      expect(Date.parse(end) + horizon).toBeGreaterThan(Date.parse(next.start));
    }
  });
});
