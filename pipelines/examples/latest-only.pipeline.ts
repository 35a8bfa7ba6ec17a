/**
 * Every day's figures are kept, also of days that are caught up on; only the newest day is shown to people.
 *
 *   $ assay runs trigger dailyFigures --watch
 *   $ assay backfill create dailyFigures --from 2026-03-01 --to 2026-03-04 --watch
 */
import { pipeline } from '../../workflows/engine/pipeline.ts';

export const dailyFigures = pipeline(
  {
    name: 'dailyFigures',
    timetable: { cron: '@daily' },
    tags: ['example'],
    description: 'keeps the figures of each day, and shows those of the newest alone',
  },
  (run) => {
    const figures = run.task('figures', () => ({ day: run.interval.start.slice(0, 10) }));
    const newest = run.latestOnly('newest', { after: [figures] });
    const shown = run.task('show', { after: [figures, newest] }, ({ day }) => `the figures of ${day}`);
    // A day that is caught up on goes this far all the same.
    run.task('done', { after: [figures, shown], when: 'none_failed' }, (_figures, shown) => shown.state);
  },
);
