/**
 * Where the ledger's objects stand. Everything of a run is under `runs/<pipeline>/<run>/`; `ledger/open` and
 * `ledger/closed` are views of it, made for listing and rebuilt by writing the same thing again.
 */
import { ApplicationFailure } from '@temporalio/common';

import { parseRunId } from '../../workflows/domain/run-id.ts';

export const OPEN = 'ledger/open/';
export const CLOSED = 'ledger/closed/';
export const QUEUED = 'ledger/queued/';

/** Larger than any time in milliseconds for two centuries: later times give smaller keys, so listing is newest first. */
const INVERSE = '9999999999999';

export function runPrefix(run: string): string {
  const pipeline = parseRunId(run)?.pipeline;
  if (pipeline === undefined) throw notARun(run);
  return `runs/${objectName(pipeline)}/${objectName(run)}/`;
}

export function claimKey(run: string, attempt: number): string {
  return `${runPrefix(run)}${attempt}.claim`;
}

export function recordKey(run: string, attempt: number): string {
  return `${runPrefix(run)}${attempt}.json`;
}

export function pausePrefix(pipeline: string): string {
  return `pipelines/${objectName(pipeline)}/log/`;
}

/** @param part unique within the attempt */
export function memoKey(run: string, attempt: number, part: string): string {
  return `${runPrefix(run)}memo/${attempt}/${objectName(part)}.json`;
}

/** Behind the numbers of the attempts, as logs and memos are. */
export function markPrefix(run: string, attempt: number): string {
  return `${runPrefix(run)}marks/${attempt}/`;
}

export function markKey(run: string, attempt: number, number: number): string {
  return `${markPrefix(run, attempt)}${String(number).padStart(20, '0')}.json`;
}

export function logPrefix(run: string, attempt: number): string {
  return `${runPrefix(run)}logs/${attempt}/`;
}

export function openKey(run: string, attempt: number): string {
  return `${OPEN}${objectName(run)}.${attempt}.json`;
}

/** Of all attempts of the run. */
export function queuedPrefix(run: string): string {
  return `${QUEUED}${objectName(run)}.`;
}

export function queuedKey(run: string, attempt: number): string {
  return `${queuedPrefix(run)}${attempt}.json`;
}

/** Orders attempts from the newest claim to the oldest. */
export function sortKey(run: string, attempt: number, claimedAt: string): string {
  const inverse = String(Number(INVERSE) - Date.parse(claimedAt)).padStart(INVERSE.length, '0');
  return `${inverse}-${objectName(run)}.${attempt}`;
}

/** Sorts behind all that was claimed at that time or later, and before all that was claimed a millisecond earlier. */
export function timeKey(time: string, later = 0): string {
  const inverse = String(Number(INVERSE) - Date.parse(time) + later).padStart(INVERSE.length, '0');
  return later > 0 ? inverse : `${inverse}.`;
}

export function closedKey(sort: string): string {
  return `${CLOSED}${sort}.json`;
}

export interface AttemptKey {
  readonly run: string;
  readonly attempt: number;
}

export function parseClosedKey(key: string): (AttemptKey & { readonly sort: string }) | undefined {
  const parsed = parseAttempt(key.slice(CLOSED.length + INVERSE.length + 1));
  return parsed && { ...parsed, sort: key.slice(CLOSED.length, -'.json'.length) };
}

export function parseOpenKey(key: string): AttemptKey | undefined {
  return parseAttempt(key.slice(OPEN.length));
}

export function parseQueuedKey(key: string): AttemptKey | undefined {
  return parseAttempt(key.slice(QUEUED.length));
}

function parseAttempt(name: string): AttemptKey | undefined {
  const [, run, attempt] = /^(.+)\.(\d+)\.json$/.exec(name) ?? [];
  return run === undefined ? undefined : { run: decodeURIComponent(run), attempt: Number(attempt) };
}

/** Colons stay readable; whatever a file system or a listing could trip over is escaped. */
export function objectName(text: string): string {
  return encodeURIComponent(text).replaceAll('%3A', ':');
}

function notARun(run: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `${run} is no ID of a run, which reads <pipeline>[.<key>]-<fire time>. See: assay runs list`,
    'UnknownRun',
    { run },
  );
}
