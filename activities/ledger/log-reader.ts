/** Reads the logs of an attempt, in the order of time, with tries as people count them. */
import type { ObjectStore } from '../store/contract.ts';
import type { LogFilter, LoggedLine, LogLine } from './contract.ts';
import { logPrefix } from './keys.ts';
import { parseLogFile } from './log-files.ts';
import type { LogFile } from './log-files.ts';

export async function readLogs(
  store: ObjectStore,
  run: string,
  attempt: number,
  filter: LogFilter = {},
): Promise<LoggedLine[]> {
  const files = await logFiles(store, run, attempt);
  const number = tryNumbers(files);
  const wanted = files.filter(
    (file) =>
      (filter.task === undefined || isTask(file.task, filter.task)) &&
      (filter.try === undefined || number(file) === filter.try),
  );
  const lines = await Promise.all(wanted.map((file) => linesOf(store, file, number(file))));
  return lines.flat().toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

async function logFiles(store: ObjectStore, run: string, attempt: number): Promise<LogFile[]> {
  const files: LogFile[] = [];
  for await (const { key } of store.list(logPrefix(run, attempt))) {
    const file = parseLogFile(run, attempt, key);
    if (file !== undefined) files.push(file);
  }
  return files;
}

/** A map's name stands for all its items. */
function isTask(task: string, wanted: string): boolean {
  return task === wanted || task.startsWith(`${wanted}[`);
}

/**
 * People count executions: where the infrastructure repeated an activity in the first try, the engine's second try is
 * their third. An earlier try counts as often as its most repeated activity.
 */
function tryNumbers(files: readonly LogFile[]): (file: LogFile) => number {
  const executions = new Map<string, Map<number, number>>();
  for (const file of files) {
    const tries = executions.get(file.task) ?? new Map<number, number>();
    tries.set(file.try, Math.max(tries.get(file.try) ?? 1, file.execution));
    executions.set(file.task, tries);
  }
  return (file) => {
    let before = 0;
    for (let earlier = 1; earlier < file.try; earlier += 1) {
      before += executions.get(file.task)?.get(earlier) ?? 1;
    }
    return before + file.execution;
  };
}

async function linesOf(store: ObjectStore, file: LogFile, number: number): Promise<LoggedLine[]> {
  const text = Buffer.from(await store.get(file.key)).toString('utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => ({ ...(JSON.parse(line) as LogLine), task: file.task, try: number }));
}
