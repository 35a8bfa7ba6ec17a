import { describe, expect, it } from 'vitest';

import { BEGINNING } from '../../workflows/domain/backfill/window.ts';
import type { BackfillPlan } from '../../workflows/domain/backfill/plan.ts';
import type { ShownBackfill } from '../backfill/show.ts';
import { backfillLines } from './backfill-view.ts';

const plan: BackfillPlan = {
  pipeline: 'medallion',
  from: '2026-01-01T00:00:00Z',
  to: '2026-07-01T00:00:00Z',
  timetable: { cron: '0 0 1 * *', timezone: 'Europe/Berlin' },
  order: 'forwards',
  maxActive: 4,
  reprocess: 'missing',
  startedBy: 'cli',
};

/** The last line of one that is over, one run of which failed. */
function next(more: Partial<BackfillPlan>): string | undefined {
  const { ended } = BEGINNING.counts;
  const shown: ShownBackfill = {
    ...BEGINNING,
    id: 'backfill-medallion-20261121T140248Z',
    createdAt: '2026-11-21T14:02:48Z',
    plan: { ...plan, ...more },
    total: 6,
    state: 'finished',
    counts: { ...BEGINNING.counts, started: 6, ended: { ...ended, success: 5, failed: 1 } },
    open: [],
    troubled: [],
  };
  return backfillLines(shown, (text) => text).at(-1);
}

describe('backfillLines', () => {
  it('ends with the command that repeats what failed, whole, as a shell takes it', () => {
    expect(next({ key: 'north', params: { project: "St. John's" } })).toBe(
      String.raw`next: assay backfill create medallion --key north --from 2026-01-01T00:00:00Z --to 2026-07-01T00:00:00Z --params '{"project":"St. John'\''s"}' --cron '0 0 1 * *' --timezone Europe/Berlin --reprocess failed`,
    );
  });

  it('names a grid where one can be typed', () => {
    expect(next({ timetable: { every: '1h' } })).toContain(' --every 1h --reprocess');
    expect(next({ timetable: { on: { at: ['06:00'], days: 'workdays' } } })).toContain(
      '--to 2026-07-01T00:00:00Z --reprocess',
    );
  });
});
