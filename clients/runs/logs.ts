/** Logs of an attempt, as they stand or as they grow. */
import { setTimeout as sleep } from 'node:timers/promises';

import type { LogFilter, LoggedLine } from '../../activities/ledger/contract.ts';
import { labelledName } from '../../workflows/domain/activity-id.ts';
import { findAttempt } from './find.ts';
import type { FoundAttempt } from './find.ts';
import { unknownTask } from './result.ts';
import type { RunServices } from './services.ts';
import { showRun } from './show.ts';

export interface LogsOptions extends LogFilter {
  readonly attempt?: number;
  /** Goes on until the attempt is over. */
  readonly follow?: boolean;
  /** Milliseconds between two looks. */
  readonly every?: number;
}

const EVERY = 1000;

/** @throws Refusal UnknownRun, UnknownAttempt, UnknownTask */
export async function* runLogs(
  services: Pick<RunServices, 'ledger' | 'client'>,
  run: string,
  options: LogsOptions = {},
): AsyncGenerator<LoggedLine> {
  const found = await claimedAttempt(services, run, options);
  const seen = new Map<string, number>();
  for (;;) {
    // Asked before the lines are read, so that none written before the end is missed.
    const record = await services.ledger.record(run, found.attempt);
    const lines = await services.ledger.logs(run, found.attempt, options);
    if (lines.length === 0) refuseUnknown({ ...found, record }, options);
    yield* unseen(lines, seen);
    if (options.follow !== true || record !== undefined) return;
    await sleep(options.every ?? EVERY);
  }
}

/** Who follows a run that has just been started waits for it to begin. */
async function claimedAttempt(
  services: Pick<RunServices, 'ledger' | 'client'>,
  run: string,
  options: LogsOptions,
): Promise<FoundAttempt> {
  for (;;) {
    const attempts = await services.ledger.attempts(run);
    const claimed = options.attempt === undefined ? attempts.length > 0 : attempts.includes(options.attempt);
    if (claimed || options.follow !== true) return findAttempt(services, run, options.attempt);
    const { record } = await showRun(services, run, options.attempt);
    if (record.state !== 'running') return findAttempt(services, run, options.attempt);
    await sleep(options.every ?? EVERY);
  }
}

/** Lines are told apart by what they say: equal ones are counted. */
function unseen(lines: readonly LoggedLine[], seen: Map<string, number>): LoggedLine[] {
  const now = new Map<string, number>();
  return lines.filter((line) => {
    const text = JSON.stringify(line);
    const count = (now.get(text) ?? 0) + 1;
    now.set(text, count);
    if (count <= (seen.get(text) ?? 0)) return false;
    seen.set(text, count);
    return true;
  });
}

/** A task without a log is fine; one that the run does not have is a mistake in the command. */
function refuseUnknown({ record }: FoundAttempt, { task }: LogsOptions): void {
  if (record === undefined || task === undefined) return;
  const name = labelledName(task);
  if (!record.tasks.some((row) => row.name === name)) throw unknownTask(record, [task]);
}
