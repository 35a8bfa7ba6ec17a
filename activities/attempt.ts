/**
 * What an activity may know of the attempt it runs in. The worker's interceptor provides it;
 * outside a worker (unit tests, stand-alone commands) a silent one stands in.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

/** Structured values beside a log message: ids and counts, never rows or secrets. */
type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

export type Labels = Readonly<Record<string, string>>;

/** What is told to Prometheus, `assay_` before it; the worker measures the time of every try by itself. */
export type Measure = 'rows' | 'drift_psi' | 'drift_alarms' | 'gate_verdicts' | 'runs_failed';

export interface Attempt {
  /** Aborted when the task is cancelled or its worker is asked to stop. */
  readonly signal: AbortSignal;
  /** One line into the log of this try. */
  log(message: string, fields?: LogFields): void;
  /** Adds to a counter, or sets a gauge. Labels name tables, columns and models, never ids of runs. */
  measure(name: Measure, value: number, labels?: Labels): void;
  /** Records how far a long activity has come; the next try finds it in `resumeFrom`. */
  progress(details: unknown): void;
  /** What the previous try last reported by `progress`, if there was one. */
  readonly resumeFrom: unknown;
}

const silent: Attempt = {
  signal: new AbortController().signal,
  log: () => undefined,
  measure: () => undefined,
  progress: () => undefined,
  resumeFrom: undefined,
};

const endings = new WeakMap<Attempt, (() => Promise<void>)[]>();
const current = new AsyncLocalStorage<Attempt>();

export function attempt(): Attempt {
  return current.getStore() ?? silent;
}

/** For the worker's interceptor, and for tests that play it. */
export async function runAttempt<T>(value: Attempt, body: () => Promise<T>): Promise<T> {
  const ends: (() => Promise<void>)[] = [];
  endings.set(value, ends);
  try {
    return await current.run(value, body);
  } finally {
    endings.delete(value);
    for (const end of ends) await end();
  }
}

/** Gives back what was taken for this try, when it has ended. Outside a worker nothing ends before the process. */
export function whenAttemptEnds(end: () => Promise<void>): void {
  endings.get(attempt())?.push(end);
}
