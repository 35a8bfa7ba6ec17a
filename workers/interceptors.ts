/** What every activity gets from its worker: heartbeats, a place for progress, and a log of its try. */
import type { Context, Info } from '@temporalio/activity';
import { ApplicationFailure, defaultPayloadConverter } from '@temporalio/common';
import type { ActivityExecuteInput, ActivityInterceptorsFactory } from '@temporalio/worker';

import { runAttempt } from '../activities/attempt.ts';
import type { Attempt, Measure } from '../activities/attempt.ts';
import type { LogLine } from '../activities/ledger/contract.ts';
import type { LogSource } from '../activities/ledger/log-files.ts';
import { createLogWriter } from '../activities/ledger/log-writer.ts';
import type { LogWriter } from '../activities/ledger/log-writer.ts';
import type { ObjectStore } from '../activities/store/contract.ts';
import { parseActivityId, taskLabel } from '../workflows/domain/activity-id.ts';
import { parseRunId } from '../workflows/domain/run-id.ts';
import { RUN_HEADER } from '../workflows/domain/run-header.ts';
import type { RunHeader } from '../workflows/domain/run-header.ts';
import { NOT_YET } from '../workflows/domain/tries.ts';
import { measureOn } from './measures.ts';
import { asFailedTry } from './passing-faults.ts';

export interface InterceptorOptions {
  readonly store: ObjectStore;
  /** Milliseconds; well under the shortest heartbeat timeout of the profiles. */
  readonly heartbeatEvery?: number;
  readonly flushEvery?: number;
  /** Applied to every line of a log. */
  readonly redact?: (text: string) => string;
  /** Told what activities measure, beside Prometheus. */
  readonly measured?: (name: Measure, value: number) => void;
}

/** Where the engine's own activities log. */
const RUN_LOG = '_run';
/** A chain of causes may be a circle. */
const DEEPEST = 20;

export function createActivityInterceptors(options: InterceptorOptions): ActivityInterceptorsFactory {
  const { heartbeatEvery = 2000, flushEvery = 1000 } = options;
  return (context) => ({
    inbound: {
      async execute(input, next) {
        const log = logWriter(options, context, input);
        const { attempt, beat } = createAttempt(context, log, options.measured);
        const beating = context.info.heartbeatTimeoutMs ? setInterval(beat, heartbeatEvery) : undefined;
        const flushing = setInterval(() => void flush(context, log), flushEvery);
        try {
          return await runAttempt(attempt, () => next(input));
        } catch (error) {
          if (!isNotYet(error)) log?.write(failureLine(context.info, error));
          throw endsTry(context) ? asFailedTry(error) : error;
        } finally {
          clearInterval(beating);
          clearInterval(flushing);
          await flush(context, log);
        }
      },
    },
  });
}

/** The engine's own activities are no part of what a task tries; one that a worker gives back goes on elsewhere. */
function endsTry({ info, cancellationSignal }: Context): boolean {
  const isTask = parseActivityId(info.activityId) !== undefined && !info.activityType.startsWith('ledger.');
  return isTask && !cancellationSignal.aborted;
}

function createAttempt(
  context: Context,
  log: LogWriter | undefined,
  measured: InterceptorOptions['measured'],
): { attempt: Attempt; beat: () => void } {
  const { info } = context;
  // A try that dies before its first progress must not take the earlier tries' progress with it.
  let details: unknown = info.heartbeatDetails;
  const beat = (): void => context.heartbeat(details);
  return {
    beat,
    attempt: {
      signal: context.cancellationSignal,
      resumeFrom: info.heartbeatDetails,
      log(message, fields) {
        log?.write({ ...lineOf(info), level: 'info', message, ...(fields === undefined ? {} : { fields }) });
      },
      measure(name, value, labels) {
        measureOn(context.metricMeter, name, value, labels);
        measured?.(name, value);
      },
      progress(reached) {
        details = reached;
        if (info.heartbeatTimeoutMs) beat();
      },
    },
  };
}

function logWriter(
  { store, redact }: InterceptorOptions,
  { info }: Context,
  input: ActivityExecuteInput,
): LogWriter | undefined {
  const source = sourceOf(info, runOf(info, input));
  return source && createLogWriter(store, source, redact === undefined ? {} : { redact });
}

/** A log that can't be written must not fail the work that it tells of. */
async function flush(context: Context, log: LogWriter | undefined): Promise<void> {
  try {
    await log?.flush();
  } catch (error) {
    context.log.warn('the log of this try could not be written', { error });
  }
}

/** `undefined` for an activity that belongs to no run. */
function sourceOf(info: Info, header: RunHeader | undefined): LogSource | undefined {
  if (header === undefined) return undefined;
  const parsed = parseActivityId(info.activityId);
  return {
    ...header,
    task: parsed === undefined ? RUN_LOG : taskLabel(parsed.task, parsed.index),
    try: parsed?.try ?? 1,
    sequence: parsed?.sequence ?? sequenceOf(info.activityId),
    execution: info.attempt,
  };
}

/** Activities of the engine before the claim carry no header; their workflow's ID is the run's where that has one. */
export function runOf(info: Info, { headers }: ActivityExecuteInput): RunHeader | undefined {
  const payload = headers[RUN_HEADER];
  if (payload !== undefined) return defaultPayloadConverter.fromPayload<RunHeader>(payload);
  const workflowId = info.workflowExecution?.workflowId ?? '';
  return parseRunId(workflowId) === undefined ? undefined : { run: workflowId, attempt: 1 };
}

function sequenceOf(activityId: string): number {
  const number = Number(activityId);
  return Number.isSafeInteger(number) ? number : 0;
}

function lineOf(info: Info): Pick<LogLine, 'at' | 'activity'> {
  return { at: new Date().toISOString(), activity: info.activityType };
}

function failureLine(info: Info, error: unknown): LogLine {
  const [first, ...causes] = causesOf(error instanceof Error ? error : new Error(JSON.stringify(error)));
  const stack = error instanceof Error ? error.stack : undefined;
  return {
    ...lineOf(info),
    level: 'error',
    message: `${first?.type}: ${first?.message}`,
    fields: { causes, ...(stack === undefined ? {} : { stack }) },
  };
}

/** Looking again is no news; what it waits for stands in the activity's last failure. */
function isNotYet(error: unknown): boolean {
  return error instanceof ApplicationFailure && error.type === NOT_YET;
}

/** From the error itself to its innermost cause. */
function causesOf(error: unknown): { type: string; message: string }[] {
  const causes: { type: string; message: string }[] = [];
  for (let cause = error; cause instanceof Error && causes.length < DEEPEST; cause = cause.cause) {
    const type = cause instanceof ApplicationFailure ? cause.type : undefined;
    causes.push({ type: type ?? cause.name, message: cause.message });
  }
  return causes;
}
