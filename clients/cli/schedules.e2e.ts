/** `assay schedules …` as it is typed, on a real server. */
import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import { createLedger } from '../../activities/ledger/ledger.ts';
import { temporaryStore } from '../../activities/ledger/testing/records.ts';
import type { ScheduleServices } from '../schedules/services.ts';
import { registerSchedules } from './schedules.ts';
import { typed, type Said } from './testing/typed.ts';

const taskQueue = `control-${randomUUID().slice(0, 8)}`;
const name = `monthly-${taskQueue}`;
let services: ScheduleServices;
let client: Client;

beforeAll(async () => {
  client = new Client({ connection: await Connection.connect({ address: inject('temporalAddress') }) });
  services = {
    ledger: createLedger(await temporaryStore()),
    pipelines: new Map([['medallion', { name: 'medallion' }]]),
    client: async () => client,
    taskQueue,
    schedules: [
      {
        name,
        pipeline: 'medallion',
        key: 'north',
        params: { project: 'north' },
        timetable: { cron: '@monthly', timezone: 'Europe/Berlin' },
        start: '2026-01-01T00:00:00+01:00',
        catchup: { within: '1d' },
        paused: true,
      },
    ],
  };
});

afterAll(async () => {
  await client.schedule.getHandle(name).delete();
  await client.connection.close();
});

const assay = (...args: string[]): Promise<Said> =>
  typed(registerSchedules, services, ['schedules', ...args]);

describe('assay schedules', () => {
  it('says what is to be applied, applies it, and finds nothing more to do', async () => {
    const before = await assay('list');
    expect(before.stderr).toContain(`not on the server yet: ${name}`);
    const planned = await assay('plan');
    expect(planned.stdout).toContain(`+ ${name} (paused)\n`);
    expect(planned.stdout).toContain('1 schedules, 1 change\n');
    expect((await assay('apply')).code).toBe(0);
    const again = JSON.parse((await assay('apply', '--json')).stdout) as unknown;
    expect(again).toEqual([{ name, change: 'none', differences: [] }]);
  });

  it('lists next fire times, and what was missed with the command that runs it', async () => {
    const { stdout } = await assay('list');
    expect(stdout).toMatch(/@monthly Europe\/Berlin +paused +\d{4}-\d\d-\d\dT2[23]:00:00Z/);
    expect(stdout).toContain(`${name}: paused: declared as paused\n`);
    const [listed] = JSON.parse((await assay('list', '--json')).stdout) as {
      missed: { run: string; state: string; interval: { start: string; end: string } }[];
    }[];
    const first = listed?.missed.at(-1);
    expect(first).toMatchObject({
      run: 'medallion.north-2026-01-31T23:00:00Z',
      state: 'skipped',
      interval: { start: '2025-12-31T23:00:00Z', end: '2026-01-31T23:00:00Z' },
    });
    const newest = listed?.missed.find(({ state }) => state === 'skipped')?.interval;
    expect(stdout).toContain(
      `next: assay runs trigger medallion --key north --params '{"project":"north"}' --interval ${newest?.start}/${newest?.end}\n`,
    );
  });

  it('pauses and resumes', async () => {
    expect((await assay('resume', name)).stdout).toContain(`${name} fires again\n`);
    const paused = await assay('pause', name, '--reason', 'no power', '--json');
    expect(JSON.parse(paused.stdout)).toEqual({ name, paused: true, reason: 'no power' });
    expect((await assay('list')).stdout).toContain(`${name}: paused: no power\n`);
  });

  it('starts a run now and prints its ID', async () => {
    const { stdout } = await assay('trigger', name);
    expect(stdout).toMatch(/^medallion\.north-\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\n$/);
    await client.workflow.getHandle(stdout.trim()).terminate('nobody serves its queue');
  });

  it('refuses a name that nobody has declared with code 2', async () => {
    const { code, stderr } = await assay('trigger', 'nightly');
    expect(code).toBe(2);
    expect(stderr).toContain('error: no schedule is named nightly\n  next: assay schedules list\n');
  });
});
