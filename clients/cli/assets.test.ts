/** `assay assets …` as far as it needs no server: what was produced, and who waits for what. */
import { beforeAll, describe, expect, it } from 'vitest';

import { createAssets } from '../../activities/assets/assets.ts';
import { createAssetLog } from '../../activities/assets/log.ts';
import { createLedger } from '../../activities/ledger/ledger.ts';
import { temporaryStore } from '../../activities/ledger/testing/records.ts';
import { allOf, rollUp } from '../../workflows/domain/assets/condition.ts';
import type { AssetServices } from '../assets/services.ts';
import { registerAssets } from './assets.ts';
import { typed, type Said } from './testing/typed.ts';

const consumers = [
  {
    pipeline: 'daily',
    condition: allOf(rollUp('shop.hours', { each: { every: '6h' }, into: { cron: '@daily' } }), 'shop.plan'),
  },
];
const at = '2026-01-05T06:07:08.000Z';
let services: AssetServices;

beforeAll(async () => {
  const store = await temporaryStore();
  const log = createAssetLog(store, () => new Date(at));
  services = {
    assets: createAssets({ log, ledger: createLedger(store), consumers }),
    client: () => Promise.reject(new Error('no server answers')),
    taskQueue: 'control',
  };
});

const assay = (line: string): Promise<Said> => typed(registerAssets, services, `assets ${line}`);

describe('assay assets', () => {
  it('lists what somebody waits for before anybody has produced it', async () => {
    const { stdout } = await assay('list');
    expect(stdout).toMatch(/^shop\.hours +never produced +0 +0 +daily$/m);
  });

  it('says by hand that a partition is there, and tells that nobody could be woken', async () => {
    for (const [start, end] of [
      ['2026-01-02T06:00:00Z', '2026-01-02T12:00:00Z'],
      ['2026-01-02', '2026-01-02T06:00:00Z'],
    ]) {
      const { code, stdout, stderr } = await assay(`materialize shop.hours --partition ${start}/${end}`);
      expect(code).toBe(0);
      expect(stdout).toContain('shop.hours has 2026-01-02T0');
      expect(stderr).toContain('Temporal does not answer');
    }
  });

  it('lists how fresh an asset is, and what a partition still waits for', async () => {
    const { stdout } = await assay('list');
    expect(stdout).toMatch(/^shop\.hours +2026-01-02T12:00:00Z +2 +2 +2026-01-05 06:07:08 +daily$/m);
    expect(stdout).toContain(
      'daily-2026-01-03T00:00:00Z waits for shop.hours (2 of 4; without 2026-01-02T12:00:00Z/2026-01-02T18:00:00Z, 2026-01-02T18:00:00Z/2026-01-03T00:00:00Z), and shop.plan (0 of 1; without 2026-01-02T00:00:00Z/2026-01-03T00:00:00Z)\n',
    );
    expect(JSON.parse((await assay('list --json')).stdout)).toMatchObject({
      assets: [{ asset: 'shop.hours', events: 2, freshUntil: '2026-01-02T12:00:00Z' }, { events: 0 }],
      waiting: [{ pipeline: 'daily', isReady: false }],
    });
  });

  it('names the three that have waited longest, and how many more there are', async () => {
    for (let day = 10; day < 15; day += 1) {
      await assay(`materialize shop.plan --partition 2026-01-${day}/2026-01-${day + 1}`);
    }
    const { stdout } = await assay('list');
    const waiting = stdout.split('\n').filter((line) => line.startsWith('daily'));
    expect(waiting.map((line) => line.split(' waits')[0])).toEqual([
      'daily-2026-01-03T00:00:00Z',
      'daily-2026-01-11T00:00:00Z',
      'daily-2026-01-12T00:00:00Z',
      'daily',
    ]);
    expect(waiting.at(-1)).toBe('daily waits for 3 more: assay assets list --json');
  });

  it('tells the events, the newest first', async () => {
    const { stdout } = await assay('events shop.hours --limit 1 --json');
    expect(JSON.parse(stdout)).toEqual([
      expect.objectContaining({
        number: 2,
        partition: { start: '2026-01-02T00:00:00Z', end: '2026-01-02T06:00:00Z' },
        source: 'cli',
        at,
      }),
    ]);
    expect((await assay('events shop.hours')).stdout).toMatch(/^2 .*\n1 .*\n$/m);
  });

  it.each([
    ['events shop.nothing', 'no asset is named shop.nothing'],
    ['materialize shop/hours --partition 2026-01-01/2026-01-02', 'is no asset name'],
    ['materialize shop.hours --partition 2026-01-02/2026-01-01', 'is no partition'],
    ['materialize shop.hours --partition soon/later', 'is no partition'],
  ])('refuses %s with code 2, and says what comes next', async (line, message) => {
    const { code, stderr, stdout } = await assay(line);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/next: assay /);
  });
});
