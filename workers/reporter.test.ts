import { MockActivityEnvironment } from '@temporalio/testing';
import { describe, expect, it } from 'vitest';

import type { Figure } from '../activities/capacity/contract.ts';
import { startReporter } from './reporter.ts';

describe('startReporter', () => {
  const put: Figure[][] = [];
  const sink = { put: async (figures: readonly Figure[]) => void put.push([...figures]) };

  it('sends what alarms look at, once, and nothing where nothing was seen', async () => {
    const reporter = startReporter(sink);
    reporter.measured('runs_failed', 1);
    reporter.measured('runs_failed', 1);
    reporter.measured('drift_alarms', 3);
    reporter.measured('rows', 10_000);
    await reporter.flush();
    await reporter.flush();
    await reporter.stop();
    expect(put).toEqual([
      [
        { name: 'RunsFailed', unit: 'Count', values: [1, 1] },
        { name: 'DriftAlarms', unit: 'Count', values: [3] },
      ],
    ]);
  });

  it('tells how long an activity had waited for a worker, by queue', async () => {
    put.length = 0;
    const reporter = startReporter(sink);
    const asked = Date.now() - 2_500;
    const environment = new MockActivityEnvironment(
      { currentAttemptScheduledTimestampMs: asked },
      { interceptors: [reporter.interceptors('data')] },
    );
    expect(await environment.run(async () => 'done')).toBe('done');
    await reporter.stop();
    const [figure] = put.flat();
    expect(figure).toMatchObject({ name: 'ScheduleToStart', unit: 'Seconds', queue: 'data' });
    expect(figure?.values[0]).toBeGreaterThanOrEqual(2.5);
  });

  it('says that figures could not be published, and goes on', async () => {
    const error = new Error('throttled');
    const warnings: unknown[] = [];
    const reporter = startReporter(
      { put: () => Promise.reject(error) },
      { warn: (message, meta) => warnings.push([message, meta]) },
    );
    reporter.measured('runs_failed', 1);
    await expect(reporter.stop()).resolves.toBeUndefined();
    expect(warnings).toEqual([['figures could not be published', { error }]]);
  });
});
