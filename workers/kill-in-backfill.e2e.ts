/** Workers killed between any two instructions of a backfill whose runs produce assets: nothing lost, nothing twice. */
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createBackfill } from '../clients/backfill/create.ts';
import { showBackfill, type ShownBackfill } from '../clients/backfill/show.ts';
import { build } from '../scripts/build.mjs';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { startEmbedded, type Embedded } from './embedded.ts';
import { readEnv } from './env.ts';
import { createServices, type Services } from './services.ts';

/** Runs of `hourlyVisits` are started by the backfill; orders and returns of these hours are there from the start. */
const HOURS = 8;
const MOMENTS = [
  {
    name: 'a run is claimed, and nobody has heard it',
    when: 'after',
    object: 'hourlyVisits-2026-01-01T02:00:00Z/1.claim$',
  },
  {
    name: 'an event stands under its partition, but not in the log',
    when: 'before',
    object: 'assets/shop.visits/log/0{19}3.json$',
  },
  {
    name: 'a consumer is claimed, and the bus has not heard it',
    when: 'after',
    object: 'hourlyShop-2026-01-01T0[5-8]:00:00Z/1.claim$',
  },
  {
    name: 'the ending is about to be written',
    when: 'before',
    object: 'backfills/[^/]+/ending.json$',
  },
] as const;

let folder: string;
let services: Services;
let embedded: Embedded;
let ending: ShownBackfill;
const notes: string[] = [];

beforeAll(async () => {
  await build();
  folder = await temporaryFolder('kill-backfill');
  const marks = join(folder, 'marks');
  await mkdir(marks);
  const store = join(folder, 'store');
  const env = {
    ...process.env,
    ASSAY_STORE: store,
    NODE_OPTIONS: `--import=${new URL('./testing/die-at.mjs', import.meta.url).href}`,
    DIE_AT: JSON.stringify(MOMENTS),
    DIE_MARKS: marks,
  };
  services = createServices(readEnv(env), store);
  embedded = await startEmbedded({
    command: process.env['ASSAY_TEMPORAL_BIN'] ?? 'temporal',
    entry: fileURLToPath(new URL('../dist/workers/run.js', import.meta.url)),
    processes: [['control']],
    env,
    logFolder: join(folder, 'logs'),
    ui: false,
    ports: 'any',
    note: (text) => notes.push(text),
  });
  ending = await runBackfill();
}, 300_000);

afterAll(async () => {
  await services.close();
  await embedded.stop();
});

async function runBackfill(): Promise<ShownBackfill> {
  for (const asset of ['shop.orders', 'shop.returns']) {
    for (let at = 0; at < HOURS; at += 1) {
      const partition = { start: hour(at), end: hour(at + 1) };
      await services.assets.append({ asset, partition, key: `before/${at}`, source: 'a test' });
    }
  }
  const here = { ...services, client: () => services.clientAt(embedded.address) };
  const { id } = await createBackfill(here, {
    pipeline: 'hourlyVisits',
    from: hour(0),
    to: hour(HOURS),
    maxActive: 2,
  });
  for (;;) {
    const stored = await services.backfills.find(id);
    const { runs } = await services.ledger.list({ pipeline: 'hourlyShop', state: 'success', limit: 100 });
    if (stored?.ending !== undefined && runs.length >= HOURS) return showBackfill(here, id);
    await sleep(200);
  }
}

function hour(at: number): string {
  return `2026-01-01T${String(at).padStart(2, '0')}:00:00Z`;
}

async function attemptsOf(pipeline: string): Promise<string[]> {
  const runs = Array.from({ length: HOURS }, (_, at) => `${pipeline}-${hour(at + 1)}`);
  return Promise.all(
    runs.map(async (run) => {
      const record = await services.ledger.record(run);
      return `${(await services.ledger.attempts(run)).join(',')} ${record?.state}`;
    }),
  );
}

describe('a worker that is killed with -9 in a backfill', () => {
  it('was killed at every moment that was meant', async () => {
    expect((await readdir(join(folder, 'marks'))).toSorted()).toEqual(
      MOMENTS.map(({ name }) => name).toSorted(),
    );
    const restart = 'worker control ended (SIGKILL); starting it again';
    expect(notes).toEqual(MOMENTS.map(() => restart));
  });

  it('runs each interval once, and counts each once', async () => {
    expect(ending).toMatchObject({
      state: 'finished',
      counts: { started: HOURS, ended: { success: HOURS, failed: 0 } },
      troubled: [],
    });
    expect(await attemptsOf('hourlyVisits')).toEqual(Array.from({ length: HOURS }, () => '1 success'));
  });

  it('tells each event once, and starts each consumer once', async () => {
    const events = await services.assets.events('shop.visits', 100);
    expect(events.map(({ partition }) => partition.start).toSorted()).toEqual(
      Array.from({ length: HOURS }, (_, at) => hour(at)),
    );
    expect(await attemptsOf('hourlyShop')).toEqual(Array.from({ length: HOURS }, () => '1 success'));
    const combined = await services.assets.events('shop.hours', 100);
    expect(combined).toHaveLength(HOURS);
  });
});
