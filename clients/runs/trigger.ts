/** Starts a run by hand: params are checked before anything is started. */
import type { RunSchedule } from '../../workflows/domain/calendar/run-interval.ts';
import type { Interval } from '../../workflows/domain/interval.ts';
import { checkParams, describeProblems, paramsNext } from '../../workflows/domain/params.ts';
import { formatRunId, wholeSecond } from '../../workflows/domain/run-id.ts';
import { keyProblem } from '../../workflows/domain/run-key.ts';
import { timeAt } from '../../workflows/domain/time-text.ts';
import { Refusal } from '../refusal.ts';
import { unknownPipeline } from './list.ts';
import type { RunServices } from './services.ts';
import { startRun } from './start.ts';

export interface TriggerOptions {
  readonly params?: unknown;
  readonly key?: string;
  /** The slice of time to run for; the run is the one of its end. By default the run is one of now. */
  readonly interval?: Interval;
  /** Tells the interval where none is given. */
  readonly schedule?: RunSchedule;
  readonly tags?: readonly string[];
  readonly startedBy?: string;
}

/** Manual starts find a free second within so many. */
const BUMPS = 600;

/** @throws Refusal UnknownPipeline, InvalidParams, InvalidKey, PipelinePaused, InvalidInterval, RunExists */
export async function triggerRun(
  services: RunServices,
  name: string,
  options: TriggerOptions = {},
): Promise<{ run: string }> {
  const pipeline = services.pipelines.get(name);
  if (pipeline === undefined) throw unknownPipeline(services.pipelines, name);
  const checked = checkParams(pipeline.params?.(), options.params);
  if (!checked.ok) {
    throw new Refusal('InvalidParams', describeProblems(name, checked.problems), {
      details: checked.problems,
      next: paramsNext(name, checked.problems),
    });
  }
  refuseWrongKey(options);
  await refuseIfPaused(services, name);
  if (options.interval !== undefined) return forInterval(services, name, options, options.interval);
  return forNow(services, name, options);
}

/** @throws Refusal PipelinePaused */
export async function refuseIfPaused(
  { ledger }: { readonly ledger: Pick<RunServices['ledger'], 'paused'> },
  pipeline: string,
): Promise<void> {
  const pause = await ledger.paused(pipeline);
  if (pause === undefined) return;
  const { at, by, reason } = pause;
  throw new Refusal('PipelinePaused', `${pipeline} was paused at ${at} by ${by}: ${reason}`, {
    details: pause,
    next: `assay pipelines resume ${pipeline}`,
  });
}

function refuseWrongKey({ key }: TriggerOptions): void {
  const problem = key === undefined ? undefined : keyProblem(key);
  if (problem !== undefined) throw new Refusal('InvalidKey', problem, { next: 'assay runs trigger --help' });
}

async function forInterval(
  services: RunServices,
  pipeline: string,
  options: TriggerOptions,
  interval: Interval,
): Promise<{ run: string }> {
  const [start, end] = [timeAt(interval.start), timeAt(interval.end)];
  if (start === undefined || end === undefined || start > end) {
    const given = `${interval.start}/${interval.end}`;
    const message = `${given} is no interval: two RFC 3339 times are expected, the later one last`;
    throw new Refusal('InvalidInterval', message, { next: 'assay runs trigger --help' });
  }
  const whole = { start: wholeSecond(start), end: wholeSecond(end) };
  const run = await startAt(services, pipeline, { ...options, interval: whole }, whole.end);
  if (run !== undefined) return { run };
  throw await exists(services, formatRunId({ pipeline, ...keyOf(options), fireTime: whole.end }));
}

async function forNow(
  services: RunServices,
  pipeline: string,
  options: TriggerOptions,
): Promise<{ run: string }> {
  const now = Date.now();
  for (let second = 0; second < BUMPS; second += 1) {
    const run = await startAt(services, pipeline, options, wholeSecond(now + second * 1000));
    if (run !== undefined) return { run };
  }
  throw new Refusal('NoFreeSecond', `${BUMPS} runs of ${pipeline} were started within as many seconds`, {
    next: `assay runs list --pipeline ${pipeline}`,
  });
}

/** `undefined` where the run exists: in Temporal, or in the ledger, which remembers longer. */
async function startAt(
  services: RunServices,
  pipeline: string,
  options: TriggerOptions,
  fireTime: string,
): Promise<string | undefined> {
  const run = formatRunId({ pipeline, ...keyOf(options), fireTime });
  if ((await services.ledger.attempts(run)).length > 0) return undefined;
  const { params, interval, schedule, tags, startedBy } = options;
  const input = {
    ...(params === undefined ? {} : { params }),
    ...keyOf(options),
    fireTime,
    ...(interval === undefined ? {} : { interval }),
    ...(schedule === undefined ? {} : { schedule }),
    ...(tags === undefined ? {} : { tags }),
    ...(startedBy === undefined ? {} : { startedBy }),
  };
  return (await startRun(services, { pipeline, run, input })) ? run : undefined;
}

async function exists(services: RunServices, run: string): Promise<Refusal> {
  const record = await services.ledger.record(run);
  if (record === undefined) {
    return new Refusal('RunExists', `${run} exists and is open`, { next: `assay runs watch ${run}` });
  }
  const again = record.state === 'success' ? '--from <task>' : '--only-failed';
  return new Refusal('RunExists', `${run} exists: its attempt ${record.attempt} is over (${record.state})`, {
    next: `assay runs rerun ${run} ${again}`,
  });
}

function keyOf({ key }: TriggerOptions): { key?: string } {
  return key === undefined ? {} : { key };
}
