/** The medallion over months of data by a backfill: previewed, paused, resumed, its workers killed; every month once. */
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import type { BackfillServices } from '../clients/backfill/services.ts';
import { createBackfill } from '../clients/backfill/create.ts';
import { sayToBackfill } from '../clients/backfill/say.ts';
import { showBackfill, type ShownBackfill } from '../clients/backfill/show.ts';
import { generateMonths, type MonthlyFile } from '../pipelines/readmission/generator.ts';
import { readmission } from '../pipelines/readmission/project.ts';
import { build } from '../scripts/build.mjs';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { startEmbedded, type Embedded } from './embedded.ts';
import { readEnv } from './env.ts';
import { createServices, type Services } from './services.ts';

const MONTHS = ['2025-01', '2025-02', '2025-03', '2025-04', '2025-05'];
const REQUEST = {
  pipeline: 'medallion',
  params: { project: 'readmission' },
  from: '2025-01-01',
  to: '2025-06-01',
  maxActive: 1,
};
/** That of each month: a run is called by the end of its interval. */
const RUNS = ['02', '03', '04', '05', '06'].map((month) => `medallion-2025-${month}-01T00:00:00Z`);

let folder: string;
let services: Services;
let here: BackfillServices;
let embedded: Embedded;
let landed: readonly MonthlyFile[];
const notes: string[] = [];

beforeAll(async () => {
  await build();
  folder = await temporaryFolder('backfill');
  const store = join(folder, 'store');
  landed = await land(join(store, 'landing', 'readmission'));
  const env = { ...process.env, ASSAY_STORE: store };
  services = createServices(readEnv(env), store);
  embedded = await startEmbedded({
    command: process.env['ASSAY_TEMPORAL_BIN'] ?? 'temporal',
    entry: fileURLToPath(new URL('../dist/workers/run.js', import.meta.url)),
    processes: [['control'], ['data']],
    env,
    logFolder: join(folder, 'logs'),
    ui: false,
    ports: 'any',
    note: (text) => notes.push(text),
  });
  here = { ...services, client: () => services.clientAt(embedded.address) };
}, 300_000);

afterAll(async () => {
  await services.close();
  await embedded.stop();
});

async function land(area: string): Promise<readonly MonthlyFile[]> {
  const [live, files] = [MONTHS.slice(1), join(folder, 'files')];
  const sample = {
    seed: 5,
    history: { rows: 150, months: MONTHS.slice(0, 1) },
    live: { rowsPerMonth: 150, months: live },
    driftFrom: '2025-12',
  };
  const made = await generateMonths(files, sample);
  for (const { month, file } of made) {
    await mkdir(join(area, month), { recursive: true });
    await copyFile(file, join(area, month, 'encounters.csv.gz'));
  }
  return made;
}

/** What a person would wait for at `backfill show`. */
function until(id: string, look: (shown: ShownBackfill) => void): Promise<ShownBackfill> {
  return vi.waitFor(
    async () => {
      const shown = await showBackfill(here, id);
      look(shown);
      return shown;
    },
    { timeout: 90_000, interval: 100 },
  );
}

async function statesOf(runs: readonly string[]): Promise<string[]> {
  return Promise.all(
    runs.map(async (run) => {
      const attempts = await services.ledger.attempts(run);
      return `${attempts.join(',')} ${(await services.ledger.record(run))?.state ?? 'missing'}`;
    }),
  );
}

/** Kills both workers at once; their supervisor starts others. */
function killWorkers(): void {
  for (const [name, pid] of embedded.pids()) if (name !== 'temporal') process.kill(pid, 'SIGKILL');
}

async function keysOf(table: string): Promise<string[]> {
  const history = await (await services.lake()).history(table);
  return history.flatMap(({ key }) => key ?? []);
}

describe('a backfill of the medallion', () => {
  it('lists its months beforehand, and starts none', async () => {
    const { plan, total } = here.backfills.resolve(REQUEST);
    const seen: string[] = [];
    for await (const { run, action } of here.backfills.preview(plan)) seen.push(`${action} ${run}`);
    expect(total).toBe(MONTHS.length);
    expect(seen).toEqual(RUNS.map((run) => `start ${run}`));
    expect((await services.ledger.list()).runs).toEqual([]);
  });

  it('runs each month once, though it was paused and every worker was killed in the midst of it', async () => {
    const { id } = await createBackfill(here, REQUEST);
    await until(id, ({ counts }) => expect(counts.ended.success).toBeGreaterThan(0));
    await sayToBackfill(here, id, 'pause', { by: 'a test', reason: 'to look at the first month' });
    const paused = await until(id, ({ state, open }) => expect([state, open]).toEqual(['paused', []]));
    await sleep(1_000);
    expect((await services.ledger.list()).runs).toHaveLength(paused.counts.started);
    expect(paused.counts.started).toBeLessThan(MONTHS.length);

    await sayToBackfill(here, id, 'resume', { by: 'a test' });
    await until(id, ({ open }) => expect(open).toHaveLength(1));
    killWorkers();
    await until(id, ({ state }) => expect(state).toBe('finished'));
    expect(notes.filter((note) => note.includes('SIGKILL'))).toHaveLength(2);
    expect(await statesOf(RUNS)).toEqual(RUNS.map(() => '1 success'));
    expect((await services.ledger.list()).runs.map(({ run }) => run).toSorted()).toEqual(RUNS);
  }, 200_000);

  it('leaves the rows of each month in the tables once', async () => {
    expect(await keysOf(readmission.tables.bronze)).toHaveLength(MONTHS.length);
    expect((await keysOf(readmission.tables.silver)).toSorted()).toEqual(
      RUNS.map((run) => `${run}/1/silver`),
    );
    const rows = await Promise.all(RUNS.map(rowsIn));
    expect(rows).toEqual(landed.map((file) => file.rows));
  });

  it('finds nothing left to do the second time', async () => {
    const { id } = await createBackfill(here, REQUEST);
    const shown = await until(id, ({ state }) => expect(state).toBe('finished'));
    expect(shown.counts).toMatchObject({ started: 0, leftOut: { done: MONTHS.length } });
  });

  it('starts nothing more when it is cancelled, and stops what is open where that was asked for', async () => {
    const { id } = await createBackfill(here, { ...REQUEST, reprocess: 'all' });
    await until(id, ({ open }) => expect(open).toHaveLength(1));
    await sayToBackfill(here, id, 'cancel', { by: 'a test', runs: true });
    const shown = await until(id, ({ state }) => expect(state).toBe('cancelled'));
    expect(shown.counts.started).toBeLessThan(MONTHS.length);
    expect((await statesOf(RUNS.slice(-1)))[0]).toBe('1 success');
  }, 120_000);
});

/** As the run itself counted them. */
async function rowsIn(run: string): Promise<number> {
  const record = await services.ledger.record(run);
  const summary = record?.tasks.find(({ name }) => name === 'summary')?.result as
    | { rows: { in: number } }
    | undefined;
  return summary?.rows.in ?? Number.NaN;
}
