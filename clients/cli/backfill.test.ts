/** `assay backfill …` as far as it needs no server: what would run, and what is refused. */
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { createBackfills } from '../../activities/backfill/backfills.ts';
import { claim } from '../../activities/ledger/claim.ts';
import { writeRecord } from '../../activities/ledger/close.ts';
import { createLedger } from '../../activities/ledger/ledger.ts';
import { runRecord, taskRecord, temporaryStore } from '../../activities/ledger/testing/records.ts';
import type { ObjectStore } from '../../activities/store/contract.ts';
import type { ScheduleDeclaration } from '../../workflows/domain/calendar/schedule.ts';
import type { TaskRecord } from '../../workflows/domain/run-record.ts';
import type { AnyPipeline } from '../../workflows/engine/definition.ts';
import { pipeline } from '../../workflows/engine/pipeline.ts';
import type { BackfillServices } from '../backfill/services.ts';
import { registerBackfill } from './backfill.ts';
import { typed, type Said } from './testing/typed.ts';

const monthly = { cron: '@monthly' } as const;
const Params = () => z.object({ project: z.string() });
const pipelines = new Map<string, AnyPipeline['definition']>(
  [
    pipeline({ name: 'lifecycle', params: Params }, () => 1),
    pipeline({ name: 'medallion', timetable: monthly, params: Params }, () => 1),
    pipeline({ name: 'gridless' }, () => 1),
    pipeline({ name: 'drawn', timetable: monthly }, (run) => {
      const bronze = run.task('bronze', () => 1);
      run.map('silver', { over: [1, 2], after: [bronze] }, (number) => number);
    }),
    pipeline({ name: 'late', timetable: monthly }, async (run) => {
      const days = await run.task('days', () => 3);
      run.task(`day-${days}`, () => days);
    }),
  ].map(({ definition }) => [definition.name, definition]),
);
const north: ScheduleDeclaration = {
  name: 'north-monthly',
  pipeline: 'lifecycle',
  key: 'north',
  params: { project: 'north' },
  timetable: monthly,
};
let services: BackfillServices;
let store: ObjectStore;

beforeAll(async () => {
  store = await temporaryStore();
  const ledger = createLedger(store);
  services = {
    ledger,
    backfills: createBackfills({ store, ledger, pipelines, schedules: [north] }),
    pipelines,
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

describe('assay backfill create --tasks', () => {
  const range = '--from 2026-01-01 --to 2026-03-01 --reprocess all';

  async function ran(pipeline: string, tasks: readonly TaskRecord[]): Promise<void> {
    const run = `${pipeline}-2026-02-01T00:00:00Z`;
    await claim(store, run, 1, { holder: { workflowId: run, firstRunId: 'first' } });
    await writeRecord(store, runRecord({ run, pipeline, tasks }));
  }

  it('refuses a name that the graph does not know where nothing has run, and names those it knows', async () => {
    for (const dry of ['', ' --dry-run']) {
      const { code, stdout, stderr } = await assay(`create drawn ${range} --tasks silver nope${dry}`);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toContain(
        'drawn has no task nope; no run of it has been, and its graph has bronze, silver',
      );
      expect(stderr).toContain('next: assay pipelines graph drawn');
    }
    expect((await assay(`create drawn ${range} --tasks silver[1] bronze --dry-run`)).code).toBe(0);
  });

  it('says what can’t be known where tasks are decided at run time and nothing has run', async () => {
    const { code, stderr } = await assay(`create late ${range} --tasks day-3 --dry-run`);
    expect(code).toBe(0);
    expect(stderr).toContain('whether late has day-3 is decided at run time, and no run of it has been');
  });

  it('takes names that runs have made, and refuses those that none has', async () => {
    await ran('late', [taskRecord('days'), taskRecord('day-3'), taskRecord('day-3', { index: [0] })]);
    expect((await assay(`create late ${range} --tasks day-3[0] --dry-run`)).code).toBe(0);
    const refused = await assay(`create late ${range} --tasks day-3[7] --dry-run`);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain(
      'late has no task day-3[7]; by its graph and its newest runs it has days, day-3',
    );
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
