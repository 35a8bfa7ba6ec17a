/**
 * The pipeline of docs/from-airflow.md, after the move. It waits for another pipeline's run of its interval:
 *
 *   $ assay runs trigger squares --interval 2026-03-01T06:00:00Z/2026-03-02T06:00:00Z
 *   $ assay runs trigger readings --interval 2026-03-01T06:00:00Z/2026-03-02T06:00:00Z --watch
 */
import type { Interval } from '../../workflows/domain/interval.ts';
import { valuesOf } from '../../workflows/domain/mapped.ts';
import { pipeline } from '../../workflows/engine/pipeline.ts';
import { squares } from './squares.pipeline.ts';

const DAILY = { cron: '0 6 * * *' } as const;

export const readings = pipeline({ name: 'readings', timetable: DAILY, maxActiveRuns: 2 }, (run) => {
  const ready = run.waitForRun('squares', squares, { timeout: '6h' });
  const stations = run.task('stations', { after: [ready] }, () => ['north', 'south', 'west']);
  const retries = { attempts: 3, delay: '1m' } as const;
  const read = run.map('read', { over: stations, retries }, (station) => reading(station, run.interval));
  const total = run.task('total', { after: [read] }, (rows) => valuesOf(rows).reduce((a, b) => a + b, 0));
  run.task('tell', { after: [total], when: 'all_done' }, (outcome) => `total: ${outcome.state}`);
  return total;
});

/** Stands for the activity that would ask the station. */
function reading(station: string, { start }: Interval): number {
  return station.length + new Date(start).getUTCDate();
}
