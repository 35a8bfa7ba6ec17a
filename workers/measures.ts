/** Our part of `/metrics`: how long tries take, and what activities count. Labels are few and of few values. */
import { CancelledFailure, type MetricMeter } from '@temporalio/common';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';

import type { Labels, Measure } from '../activities/attempt.ts';
import { parseActivityId } from '../workflows/domain/activity-id.ts';

const KINDS: Readonly<Record<Measure, { kind: 'counter' | 'gauge'; description: string }>> = {
  rows: { kind: 'counter', description: 'Rows that an activity has written or scored' },
  drift_psi: {
    kind: 'gauge',
    description: 'Population stability index of a column in the newest monitored interval',
  },
  drift_alarms: { kind: 'gauge', description: 'Columns in alarm in the newest monitored interval' },
  runs_failed: { kind: 'counter', description: 'Runs that ended failed, by pipeline' },
  gate_verdicts: { kind: 'counter', description: 'Verdicts of gates' },
};

export function measureOn(meter: MetricMeter, name: Measure, value: number, labels: Labels = {}): void {
  const { kind, description } = KINDS[name];
  if (kind === 'counter') meter.createCounter(`assay_${name}`, '', description).add(value, labels);
  else meter.createGauge(`assay_${name}`, 'float', '', description).set(value, labels);
}

/** Times every try, by task and by how it ended: `success`, `failed` or `cancelled`. */
export function createTimingInterceptors(): ActivityInterceptorsFactory {
  return ({ info, metricMeter }) => ({
    inbound: {
      async execute(input, next) {
        const started = performance.now();
        const task = parseActivityId(info.activityId)?.task ?? '';
        const tell = (outcome: string): void => {
          const seconds = (performance.now() - started) / 1000;
          metricMeter
            .createHistogram('assay_task_seconds', 'float', 's', 'Time that one try of an activity took')
            .record(seconds, { task, outcome });
        };
        try {
          const result = await next(input);
          tell('success');
          return result;
        } catch (error) {
          tell(error instanceof CancelledFailure ? 'cancelled' : 'failed');
          throw error;
        }
      },
    },
  });
}
