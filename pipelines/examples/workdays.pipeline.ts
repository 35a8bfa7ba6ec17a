/**
 * A calendar of workdays with a deadline: each workday evening the tills of all branches are added up, on Mondays those
 * of the weekend, too. Where a branch has not closed its day two hours later, somebody is told, while the run waits on.
 *
 *   $ RUN=$(assay runs trigger tills)
 *   $ temporal workflow signal --workflow-id $RUN --name closed-north --input '{"takings":120}'
 *   $ temporal workflow signal --workflow-id $RUN --name closed-south --input '{"takings":80}'
 *   $ assay runs show $RUN sum
 */
import { z } from 'zod';
import type { ScheduleDeclaration } from '../../workflows/domain/calendar/schedule.ts';
import { pipeline } from '../../workflows/engine/pipeline.ts';

/** For `schedules` in temporal.config.ts. Intervals reach from one fire time to the next: nothing is left out. */
export const workdayEvenings: ScheduleDeclaration = {
  name: 'tills-on-workdays',
  pipeline: 'tills',
  timetable: {
    on: { at: ['18:00'], days: 'workdays' },
    timezone: 'Europe/Berlin',
    except: ['2026-12-25', '2027-01-01'],
  },
};

const DAY = 86_400_000;

export const tills = pipeline(
  {
    name: 'tills',
    description: 'adds up the tills of all branches each workday, with a deadline',
    params: () => z.object({ branches: z.array(z.string()).min(1).default(['north', 'south']) }),
    deadline: { after: 'interval-end', within: '2h' },
    notify: { on: ['deadline'], to: ['oncall'] },
  },
  async (run) => {
    const days = run.task('days', () => daysIn(run.interval));
    // A branch sends `{ "takings": … }` as the signal `closed-<branch>` when it has counted.
    const counts = run.params.branches.map((branch) =>
      run.signal(`closed-${branch}`, { timeout: '12h' }, (sent) => takingsOf(branch, sent)),
    );
    const takings = await Promise.all(counts);
    return run.task('sum', { after: [days] }, (covered) => ({
      days: covered,
      takings: takings.reduce((sum, one) => sum + one, 0),
    }));
  },
);

/** A signal may hold anything. */
function takingsOf(branch: string, sent: unknown): number {
  const { takings } = (sent ?? {}) as { takings?: unknown };
  if (typeof takings === 'number' && takings >= 0) return takings;
  throw new Error(`${branch} sent ${JSON.stringify(sent)} in place of {"takings": <amount>}`);
}

/** Dates on which evenings of the interval lie, the last one's included. */
function daysIn({ start, end }: { start: string; end: string }): string[] {
  const count = Math.round((Date.parse(end) - Date.parse(start)) / DAY);
  return Array.from({ length: count }, (_, back) =>
    new Date(Date.parse(end) - (count - 1 - back) * DAY).toISOString().slice(0, 10),
  );
}
