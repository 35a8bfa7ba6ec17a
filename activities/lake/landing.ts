/** The landing area: `landing/<project>/<YYYY-MM>/…`, where files arrive from outside. Read, never written. */
import { createHash } from 'node:crypto';

import { ApplicationFailure } from '@temporalio/common';

import type { Interval } from '../../workflows/domain/interval.ts';
import { attempt } from '../attempt.ts';
import type { ObjectInfo, ObjectStore } from '../store/contract.ts';
import type { LandedFile } from './contract.ts';

const DELIVERABLE = /\.(csv|csv\.gz|parquet)$/i;

/** In the order of their delivery: by the time that the store gives, then by key. @throws NothingLanded */
export async function listLanded(
  store: ObjectStore,
  project: string,
  interval: Interval,
): Promise<LandedFile[]> {
  const folders = monthsWithin(interval).map((month) => `landing/${project}/${month}/`);
  const found: ObjectInfo[] = [];
  for (const folder of folders) {
    for await (const object of store.list(folder)) if (DELIVERABLE.test(object.key)) found.push(object);
  }
  if (found.length === 0) throw nothingLanded(store.uri, folders);
  const files: LandedFile[] = [];
  for (const { key, bytes } of found.toSorted(byDelivery)) {
    files.push({ key, bytes, digest: await digestOf(store, key) });
    attempt().progress({ digested: files.length });
  }
  return files;
}

/** The month of a landed file's folder, as a date. */
export function monthOf(key: string): string {
  const month = /^landing\/[^/]+\/(\d{4}-\d{2})\//.exec(key)?.[1];
  if (month !== undefined) return `${month}-01`;
  throw ApplicationFailure.nonRetryable(
    `${key} does not lie in a folder of the landing area, landing/<project>/<YYYY-MM>/. Move it there.`,
    'NotInLanding',
    { key },
  );
}

/** `YYYY-MM` of every calendar month that lies wholly inside. @throws InvalidInterval when there is none */
function monthsWithin({ start, end }: Interval): string[] {
  const months: string[] = [];
  const month = new Date(start);
  if (month.getTime() !== firstOfMonth(month).getTime()) month.setTime(nextMonth(month).getTime());
  while (nextMonth(month).getTime() <= new Date(end).getTime()) {
    months.push(month.toISOString().slice(0, 7));
    month.setTime(nextMonth(month).getTime());
  }
  if (months.length > 0) return months;
  throw ApplicationFailure.nonRetryable(
    `The interval from ${start} to ${end} holds no whole calendar month (UTC), and files land by month. Give it whole months.`,
    'InvalidInterval',
    { start, end },
  );
}

function firstOfMonth(date: Date): Date {
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth()));
}

function nextMonth(date: Date): Date {
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1));
}

function byDelivery(a: ObjectInfo, b: ObjectInfo): number {
  return a.modifiedAt.getTime() - b.modifiedAt.getTime() || (a.key < b.key ? -1 : 1);
}

async function digestOf(store: ObjectStore, key: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of await store.stream(key)) {
    attempt().signal.throwIfAborted();
    hash.update(chunk as Uint8Array);
  }
  return hash.digest('hex');
}

/** A file may still come, so a task may try again. */
function nothingLanded(uri: string, folders: readonly string[]): ApplicationFailure {
  const where = folders.length === 1 ? folders[0] : `${folders[0]} to ${folders.at(-1)}`;
  return ApplicationFailure.nonRetryable(
    `Nothing has landed in ${where} of ${uri}. Put .csv, .csv.gz or .parquet files there, then rerun.`,
    'NothingLanded',
    { folders: [...folders] },
  );
}
