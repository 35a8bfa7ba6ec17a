/** The sample: monthly files in the source's schema, with the flaws of real deliveries, from one seed. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

import { createRandom, type Random } from '../../workflows/domain/random.ts';
import { HISTORY_MONTHS, LIVE_MONTHS } from './calendar.ts';
import { createEncounters } from './encounters.ts';
import { COLUMNS } from './source.ts';

export interface SampleOptions {
  readonly seed: number;
  readonly history: { readonly rows: number; readonly months: readonly string[] };
  readonly live: { readonly rowsPerMonth: number; readonly months: readonly string[] };
  /** `YYYY-MM`: from this month on the inputs, and what they mean, are others. */
  readonly driftFrom: string;
}

export interface MonthlyFile {
  /** `YYYY-MM` */
  readonly month: string;
  readonly file: string;
  /** Lines without the header, the flawed ones included. */
  readonly rows: number;
}

export const SAMPLE: SampleOptions = {
  seed: 1,
  history: { rows: 32_000, months: HISTORY_MONTHS },
  live: { rowsPerMonth: 8_000, months: LIVE_MONTHS },
  driftFrom: '2025-05',
};

/** Shares of rows: delivered twice, not valid, not even readable. */
const FLAWS = { repeated: 0.002, invalid: 0.001, broken: 0.0002 } as const;

const compress = promisify(gzip);

/** Writes `<folder>/<YYYY-MM>.csv.gz` for every month. The same options give the same bytes. */
export async function generateMonths(folder: string, options: SampleOptions): Promise<MonthlyFile[]> {
  const random = createRandom(options.seed);
  const next = createEncounters(random);
  await mkdir(folder, { recursive: true });
  const files: MonthlyFile[] = [];
  for (const { month, rows } of planMonths(options)) {
    const drifted = month >= options.driftFrom;
    const lines = Array.from({ length: rows }, () => next(drifted).values).flatMap((values) =>
      deliver(random, values),
    );
    const file = join(folder, `${month}.csv.gz`);
    await writeFile(file, await compress([COLUMNS.join(','), ...lines, ''].join('\n'), { level: 6 }));
    files.push({ month, file, rows: lines.length });
  }
  return files;
}

function planMonths({ history, live }: SampleOptions): { month: string; rows: number }[] {
  const past = history.months.map((month, index) => ({
    month,
    rows: share(history.rows, history.months.length, index),
  }));
  return [...past, ...live.months.map((month) => ({ month, rows: live.rowsPerMonth }))];
}

/** Whole parts that add up to the total. */
function share(total: number, parts: number, index: number): number {
  return Math.floor((total * (index + 1)) / parts) - Math.floor((total * index) / parts);
}

/** The lines that a row arrives as: mostly one, as it is. */
function deliver(random: Random, values: readonly string[]): string[] {
  const line = values.join(',');
  const flaw = random();
  if (flaw < FLAWS.repeated) return [line, corrected(values).join(',')];
  if (flaw < FLAWS.repeated + FLAWS.invalid) return [line.replace(/,\[\d+-\d+\),/, ',unknown,')];
  if (flaw < FLAWS.repeated + FLAWS.invalid + FLAWS.broken) return [line.slice(0, line.length >> 1)];
  return [line];
}

/** A later delivery of the row, in which somebody has counted the medications again. */
function corrected(values: readonly string[]): string[] {
  const at = COLUMNS.indexOf('num_medications');
  return values.map((value, index) => (index === at ? String(Number(value) + 1) : value));
}
