/** `assay backfill …` as far as it needs no server: what would run, and what is refused. */
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { createBackfills } from '../../activities/backfill/backfills.ts';
import { createLedger } from '../../activities/ledger/ledger.ts';
import { temporaryStore } from '../../activities/ledger/testing/records.ts';
import type { ScheduleDeclaration } from '../../workflows/domain/calendar/schedule.ts';
import type { BackfillServices } from '../backfill/services.ts';
import { registerBackfill } from './backfill.ts';
import { typed, type Said } from './testing/typed.ts';

const monthly = { cron: '@monthly' } as const;
const pipelines = new Map([
  ['lifecycle', { name: 'lifecycle', params: () => z.object({ project: z.string() }) }],
  ['medallion', { name: 'medallion', timetable: monthly, params: () => z.object({ project: z.string() }) }],
  ['gridless', { name: 'gridless' }],
]);
const north: ScheduleDeclaration = {
  name: 'north-monthly',
  pipeline: 'lifecycle',
  key: 'north',
  params: { project: 'north' },
  timetable: monthly,
};
let services: BackfillServices;

beforeAll(async () => {
  const store = await temporaryStore();
  const ledger = createLedger(store);
  services = {
    ledger,
    backfills: createBackfills({ store, ledger, pipelines, schedules: [north] }),
    client: () => Promise.reject(new Error('nothing here needs a server')),
    taskQueue: 'control',
  };
});

const assay = (line: string): Promise<Said> => typed(registerBackfill, services, `backfill ${line}`);

describe('assay backfill create --dry-run', () => {
  it('lists the intervals of the schedule, with its key and params, and starts nothing', async () => {
    const { code, stdout } = await assay('create lifecycle --from 2026-01-01 --to 2026-03-15 --dry-run');
    expect(code).toBe(0);
    expect(stdout.split('\n').map((line) => line.trimEnd())).toEqual([
      'RUN                                   INTERVAL                                   WOULD  STATE NOW',
      'lifecycle.north-2026-02-01T00:00:00Z  2026-01-01T00:00:00Z/2026-02-01T00:00:00Z  start  missing',
      'lifecycle.north-2026-03-01T00:00:00Z  2026-02-01T00:00:00Z/2026-03-01T00:00:00Z  start  missing',
      '2 of 2 intervals would run, forwards, at most 4 at a time; nothing was started',
      '',
    ]);
    expect((await assay('list --json')).stdout).toBe('[]\n');
  });

  it("goes by the pipeline's own grid where no schedule tells, and tells programs the same", async () => {
    const params = JSON.stringify({ project: 'readmission' });
    const { stdout } = await assay(
      `create medallion --from 2026-01-01 --to 2026-03-01 --params ${params} --backwards --max-active 2 --dry-run --json`,
    );
    expect(JSON.parse(stdout)).toEqual({
      plan: {
        pipeline: 'medallion',
        params: { project: 'readmission' },
        from: '2026-01-01T00:00:00Z',
        to: '2026-03-01T00:00:00Z',
        timetable: monthly,
        order: 'backwards',
        maxActive: 2,
        reprocess: 'missing',
        startedBy: 'cli',
      },
      total: 2,
      intervals: [
        {
          run: 'medallion-2026-03-01T00:00:00Z',
          interval: { start: '2026-02-01T00:00:00Z', end: '2026-03-01T00:00:00Z' },
          action: 'start',
          attempt: 1,
        },
        {
          run: 'medallion-2026-02-01T00:00:00Z',
          interval: { start: '2026-01-01T00:00:00Z', end: '2026-02-01T00:00:00Z' },
          action: 'start',
          attempt: 1,
        },
      ],
    });
  });

  it('lists intervals also where params are still to be given, and says which', async () => {
    const { code, stdout, stderr } = await assay(
      'create medallion --from 2026-01-01 --to 2026-03-01 --dry-run',
    );
    expect(code).toBe(0);
    expect(stdout).toContain('2 of 2 intervals would run');
    expect(stderr).toContain('project: expected string; given: nothing');
    expect(stderr).toContain(`--params '{"project": …}'`);
    const wrong = await assay(
      'create medallion --from 2026-01-01 --to 2026-03-01 --params {"project":7} --dry-run',
    );
    expect([wrong.code, wrong.stdout]).toEqual([2, '']);
  });

  it('takes a grid from the command', async () => {
    const { stdout } = await assay(
      'create gridless --from 2026-03-28 --to 2026-03-31 --dry-run --cron @daily --timezone Europe/Berlin',
    );
    expect(stdout).toContain('gridless-2026-03-29T22:00:00Z');
    expect(stdout).toContain('2 of 2 intervals would run');
  });
});

describe('assay backfill', () => {
  it.each([
    ['create gridless --from 2026-01-01 --to 2026-02-01', 'its intervals are not known'],
    ['create medallion --from 2026-01-01 --to 2026-02-01', 'project'],
    ['create nightly --from 2026-01-01 --to 2026-02-01', 'no pipeline is named nightly'],
    ['create lifecycle --from 2026-02-30 --to 2026-05-01', 'from must be a date or a time'],
    ['create gridless --from 2026-01-01 --to 2026-02-01 --timezone Europe/Berlin', 'there is no --cron'],
    ['create lifecycle --key a\tb --from 2026-01-01 --to 2026-02-01', 'is no key of a run'],
    ['create lifecycle --from june --to 2026-02-01', 'from must be a date or a time'],
    ['show backfill-of-nobody', 'no backfill is called backfill-of-nobody'],
    ['cancel ../elsewhere', 'no backfill is called ../elsewhere'],
  ])('refuses %s with code 2, and says what comes next', async (line, message) => {
    const { code, stderr, stdout } = await assay(line);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/next: assay /);
  });
});
