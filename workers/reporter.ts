/** What this process has seen in a minute, for alarms: how long activities waited for it, failed runs, drift. */
import { Runtime, type ActivityInterceptorsFactory, type Logger } from '@temporalio/worker';

import type { Measure } from '../activities/attempt.ts';
import type { Figure, FigureSink } from '../activities/capacity/contract.ts';

export interface Reporter {
  /** Beside Prometheus: measures that alarms look at. */
  readonly measured: (name: Measure, value: number) => void;
  readonly interceptors: (queue: string) => ActivityInterceptorsFactory;
  /** Sends what there is. */
  flush(): Promise<void>;
  stop(): Promise<void>;
}

const EVERY_MS = 60_000;
const ALARMED: Partial<Record<Measure, Figure['name']>> = {
  runs_failed: 'RunsFailed',
  drift_alarms: 'DriftAlarms',
};

/** @param logger by default the process's own */
export function startReporter(sink: FigureSink, logger?: Pick<Logger, 'warn'>): Reporter {
  const figures = new Map<string, Figure & { readonly values: number[] }>();
  const add = (name: Figure['name'], unit: Figure['unit'], value: number, queue?: string): void => {
    const key = `${name} ${queue ?? ''}`;
    const figure = figures.get(key) ?? { name, unit, values: [], ...(queue !== undefined && { queue }) };
    figure.values.push(value);
    figures.set(key, figure);
  };
  const flush = async (): Promise<void> => {
    const taken = [...figures.values()];
    figures.clear();
    if (taken.length === 0) return;
    try {
      await sink.put(taken);
    } catch (error) {
      (logger ?? Runtime.instance().logger).warn('figures could not be published', { error });
    }
  };
  const flushing = setInterval(() => void flush(), EVERY_MS);
  return {
    measured(name, value) {
      const figure = ALARMED[name];
      if (figure !== undefined) add(figure, 'Count', value);
    },
    interceptors: (queue) => (context) => ({
      inbound: {
        execute(input, next) {
          const { currentAttemptScheduledTimestampMs: asked } = context.info;
          add('ScheduleToStart', 'Seconds', Math.max(0, Date.now() - asked) / 1000, queue);
          return next(input);
        },
      },
    }),
    flush,
    async stop() {
      clearInterval(flushing);
      await flush();
    },
  };
}
