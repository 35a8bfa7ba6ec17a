/** The bodies of tasks that wait: for what a sensor looks for, a signal, a time, another pipeline's run. */
import { formatDuration, milliseconds, type Duration } from '../domain/duration.ts';
import type { FoundRun, WantedRun } from '../domain/found-run.ts';
import type { Interval } from '../domain/interval.ts';
import type { Desk } from './desk.ts';
import { asked, type Asking } from './questions.ts';
import { Skipped } from './references.ts';
import type { RunTime } from './run-waits.ts';
import type { Runtime } from './runtime.ts';
import type { Task } from './task.ts';

export interface WaitPlace {
  readonly runtime: Runtime;
  readonly desk: Desk;
  /** The item range's child workflow has an ID of its own, under which nobody looks for it. */
  readonly inSlice: boolean;
  readonly run: Asking;
  readonly task: Task;
}

export interface Patience {
  readonly timeout?: Duration;
  readonly softFail?: boolean;
}

/** Whether something has come to the desk for the task: also what was taken as the time was over. */
export async function arrival(
  { runtime, task }: WaitPlace,
  timeout: Duration | undefined,
  come: () => Promise<void>,
): Promise<boolean> {
  await runtime.until(endOfWait(runtime, task, timeout), timer(task), come);
  return 'arrived' in task.progress;
}

function overdue({ runtime, task }: WaitPlace, { timeout, softFail = false }: Patience): never {
  const message = `what ${task.label} waits for has not come within ${formatDuration(milliseconds(timeout ?? 0))}`;
  if (softFail) throw new Skipped(message);
  throw runtime.toError({ type: 'WaitTimeout', message });
}

/** @throws WaitTimeout, and what its body throws but for `NotYet` */
export async function poll<T>(
  place: WaitPlace,
  every: Duration,
  options: Patience,
  body: () => T | Promise<T>,
): Promise<T> {
  const { runtime, task } = place;
  const came = await runtime.until(endOfWait(runtime, task, options.timeout), timer(task), async () =>
    runtime.polling(milliseconds(every), body),
  );
  return came === 'late' ? overdue(place, options) : came.value;
}

/** The payload of the first signal of this name that is nobody else's. */
export async function waitForSignal(place: WaitPlace, name: string, options: Patience): Promise<unknown> {
  const { task, desk } = place;
  refuseInSlice(place, 'a signal');
  try {
    if (!(await arrival(place, options.timeout, () => desk.awaitSignal(task, name)))) overdue(place, options);
    return (task.progress.arrived as { payload?: unknown }).payload;
  } finally {
    desk.leave(task);
  }
}

/** At once where the time is past. @returns the time, RFC 3339 */
export async function waitForTime(
  { runtime, task }: WaitPlace,
  time: RunTime,
  interval: Interval,
): Promise<string> {
  const at = task.progress.waitsUntil ?? timeOf(runtime, task, time, interval);
  showEnd(runtime, task, at);
  const left = Date.parse(at) > runtime.now();
  if (left) await runtime.until(Date.parse(at), task.label, () => new Promise<never>(() => undefined));
  return at;
}

export function waitForRun(
  place: WaitPlace,
  every: Duration,
  options: Patience,
  wanted: WantedRun,
): Promise<FoundRun> {
  return poll(place, every, options, () => place.runtime.findRun(wanted));
}

/** @throws NotInLargeMap */
export function refuseInSlice({ inSlice, runtime, task }: WaitPlace, what: string): void {
  if (!inSlice) return;
  const message =
    `${task.label} waits for ${what} inside a map of so many items that child workflows run them, where it ` +
    `would not be found: wait before the map, or map over fewer items`;
  throw runtime.toError({ type: 'NotInLargeMap', message });
}

/** As the Web UI names it. */
function timer({ label }: Task): string {
  return `${label}: timeout`;
}

/** Milliseconds since the epoch, fixed by the first try: tries and histories share one patience. */
function endOfWait(runtime: Runtime, task: Task, timeout: Duration | undefined): number | undefined {
  const { waitsUntil } = task.progress;
  if (waitsUntil === undefined && timeout === undefined) return undefined;
  const end = waitsUntil ?? new Date(runtime.now() + milliseconds(timeout ?? 0)).toISOString();
  showEnd(runtime, task, end);
  return Date.parse(end);
}

function showEnd(runtime: Runtime, task: Task, end: string): void {
  task.progress.waitsUntil = end;
  const until = `until ${end.slice(0, 19)}Z${task.spec.kind === 'time' ? '' : ' at most'}`;
  const { question } = task.progress;
  task.progress.reason = question === undefined ? until : `${asked(question)} ${until}`;
  runtime.changed(task);
}

function timeOf(runtime: Runtime, task: Task, time: RunTime, { start, end }: Interval): string {
  const ms = typeof time === 'string' ? Date.parse(time) : fromWhen() + milliseconds(time.by);
  if (Number.isFinite(ms)) return new Date(ms).toISOString();
  const message = `${task.label} is to wait until ${JSON.stringify(time)}, which is no time in RFC 3339`;
  throw runtime.toError({ type: 'InvalidTime', message });

  function fromWhen(): number {
    if (typeof time === 'string' || time.after === 'now') return runtime.now();
    return Date.parse(time.after === 'interval-start' ? start : end);
  }
}
