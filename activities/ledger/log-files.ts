/**
 * Names of log objects: `runs/<pipeline>/<run>/logs/<attempt>/<task>/<try>/<activity>-<execution>-<chunk>.jsonl`, the
 * task with its index in a map, the try as the engine counts it. Numbers are padded, so key order is time order.
 */
import { logPrefix, objectName } from './keys.ts';

/** One execution of one activity within a try. */
export interface LogSource {
  readonly run: string;
  readonly attempt: number;
  /** `silver`, `score[4]`; the engine's own activities stand under `_run`. */
  readonly task: string;
  readonly try: number;
  /** Of the activity within the run. */
  readonly sequence: number;
  /** Temporal's attempt at the activity, from 1. */
  readonly execution: number;
}

export interface LogFile extends LogSource {
  readonly key: string;
}

const NAME = /^([^/]+)\/(\d+)\/(\d+)-(\d+)-\d+\.jsonl$/;

export function logFileKey(source: LogSource, chunk: number): string {
  const folder = `${logPrefix(source.run, source.attempt)}${objectName(source.task)}/${padded(source.try)}/`;
  return `${folder}${padded(source.sequence)}-${padded(source.execution)}-${padded(chunk)}.jsonl`;
}

/** Every object under `prefix` by its parts; `undefined` for what is no log. */
export function parseLogFile(run: string, attempt: number, key: string): LogFile | undefined {
  const found = NAME.exec(key.slice(logPrefix(run, attempt).length));
  if (found === null) return undefined;
  const [, task = '', number, sequence, execution] = found;
  return {
    run,
    attempt,
    key,
    task: decodeURIComponent(task),
    try: Number(number),
    sequence: Number(sequence),
    execution: Number(execution),
  };
}

function padded(number: number): string {
  return String(number).padStart(5, '0');
}
