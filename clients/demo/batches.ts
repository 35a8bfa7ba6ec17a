/** What the demo is told with: the generated sample, or a file in the schema of the public one, cut into months. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';

import type { DuckDB } from '../../activities/lake/contract.ts';
import { HISTORY_MONTHS, intervalOf, LIVE_MONTHS } from '../../pipelines/readmission/calendar.ts';
import { generateMonths, SAMPLE, type MonthlyFile } from '../../pipelines/readmission/generator.ts';
import { splitRealFile } from '../../pipelines/readmission/split.ts';
import type { Batch } from './story.ts';

export interface BatchOptions {
  /** The file; generated data where there is none. */
  readonly data?: string;
  readonly seed?: number;
  /** How many live months, from the first. */
  readonly months: number;
  readonly duckdb: () => Promise<DuckDB>;
  /** Folder for the files meanwhile; made when missing. */
  readonly scratch: string;
}

/** Makes the batches, hands them over, and removes their files afterwards. */
export async function withBatches<T>(
  options: BatchOptions,
  body: (batches: readonly Batch[]) => Promise<T>,
): Promise<T> {
  await mkdir(options.scratch, { recursive: true });
  const folder = await mkdtemp(join(options.scratch, 'demo-'));
  try {
    return await body(inBatches(await makeFiles(folder, options), options.months));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function makeFiles(folder: string, { data, seed, duckdb }: BatchOptions): Promise<MonthlyFile[]> {
  if (data !== undefined) return splitRealFile(await duckdb(), data, folder);
  return generateMonths(folder, seed === undefined ? SAMPLE : { ...SAMPLE, seed });
}

/** The history at once, then month by month. */
function inBatches(files: readonly MonthlyFile[], live: number): Batch[] {
  const parts = [HISTORY_MONTHS, ...LIVE_MONTHS.slice(0, live).map((month) => [month])];
  return parts.map((months) => ({
    interval: intervalOf(months),
    files: Object.fromEntries(
      files
        .filter(({ month }) => months.includes(month))
        .map(({ month, file }) => [`${month}/${basename(file)}`, file]),
    ),
  }));
}
