/** What a worker says on stderr: for people on one machine, as lines of JSON where machines read them. */
import { DefaultLogger, type LogEntry, type Logger } from '@temporalio/worker';

export type LogFormat = 'text' | 'json';

/**
 * Only these are passed on, whatever a caller hands in: ids and counts. Rows, params and secrets have no name here, so
 * they can't get into a log by mistake.
 */
const PASSED_ON = [
  'namespace',
  'taskQueue',
  'workflowType',
  'workflowId',
  'runId',
  'activityType',
  'activityId',
  'attempt',
  'sdkComponent',
] as const;

/** Meant so: of our queues only `control` has workflows. */
const MEANT = /^No (workflows|activities) registered/;

class CalmLogger extends DefaultLogger {
  override log(...[level, message, meta]: Parameters<Logger['log']>): void {
    if (!MEANT.test(message)) super.log(level, message, meta);
  }
}

export function createLogger(format: LogFormat, write = writeLine): Logger {
  return format === 'text'
    ? new CalmLogger('WARN')
    : new CalmLogger('INFO', (entry) => write(JSON.stringify(lineOf(entry))));
}

function lineOf({ level, timestampNanos, message, meta = {} }: LogEntry): object {
  const ids = PASSED_ON.flatMap((name) => (meta[name] === undefined ? [] : [[name, meta[name]]]));
  const { error } = meta;
  return {
    at: new Date(Number(timestampNanos / 1_000_000n)).toISOString(),
    level,
    message,
    ...Object.fromEntries(ids),
    ...(error instanceof Error && {
      error: { name: error.name, message: error.message, stack: error.stack },
    }),
  };
}

function writeLine(line: string): void {
  process.stderr.write(`${line}\n`);
}
