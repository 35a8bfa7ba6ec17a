/** The watchdog's one activity: due times out of the calendars against what stands in the ledger. */
import { taskLabel } from '../../workflows/domain/activity-id.ts';
import type { RunRecord } from '../../workflows/domain/run-record.ts';
import { dueIntervals } from '../../workflows/domain/calendar/schedule.ts';
import { milliseconds } from '../../workflows/domain/duration.ts';
import { deadlineMissed } from '../../workflows/domain/notices/wording.ts';
import { dueAt, type Deadline } from '../../workflows/domain/notices/deadline.ts';
import {
  channelsFor,
  listOf,
  subscriptionsOf,
  type Subscription,
} from '../../workflows/domain/notices/notice.ts';
import { formatRunId, wholeSecond } from '../../workflows/domain/run-id.ts';
import type { Interval } from '../../workflows/domain/interval.ts';
import type { Ledger } from '../ledger/contract.ts';
import type { NotifyActivities } from '../notify/contract.ts';
import type { ObjectStore } from '../store/contract.ts';
import type { DeadlineActivities, ExpectedSchedule } from './contract.ts';

interface WatchedPipeline {
  readonly name: string;
  readonly deadline?: Deadline | readonly Deadline[];
  readonly notify?: Subscription | readonly Subscription[];
}

export interface DeadlineDeps {
  readonly store: ObjectStore;
  readonly ledger: Pick<Ledger, 'attempts' | 'record'>;
  readonly pipelines: ReadonlyMap<string, WatchedPipeline>;
  /** Those of the given pipelines that are applied and not paused: runs of the others are not expected. */
  readonly schedules: (pipelines: ReadonlySet<string>) => Promise<readonly ExpectedSchedule[]>;
  /** What the environment tells whom. */
  readonly defaults: readonly Subscription[];
  readonly notices: Pick<NotifyActivities, 'post'>;
  readonly now?: () => number;
}

/** Where the last look is remembered. */
const LOOKED = 'notices/watchdog.json';
/** Whoever was away for longer has lost more than notices. Milliseconds. */
const LONGEST_LOOK = 7 * 86_400_000;
/** Of the first look of all. */
const FIRST_LOOK = 3_600_000;
/** Of one deadline in one look: a week of minutes. */
const MOST = 7 * 24 * 60;

export function createDeadlineActivities(deps: DeadlineDeps): DeadlineActivities {
  const { store, pipelines, schedules, now = Date.now } = deps;
  return {
    async look() {
      const until = now();
      const after = Math.max(until - LONGEST_LOOK, await lastLook(store, until - FIRST_LOOK));
      const watched = new Set([...pipelines.values()].filter(isWatched).map(({ name }) => name));
      const expected = watched.size === 0 ? [] : await schedules(watched);
      const posted: string[] = [];
      for (const schedule of expected) {
        for (const deadline of listOf(pipelines.get(schedule.pipeline)?.deadline)) {
          posted.push(...(await lateRuns(deps, { schedule, deadline, after, until })));
        }
      }
      await store.put(LOOKED, JSON.stringify({ until: new Date(until).toISOString() }));
      return { after: new Date(after).toISOString(), until: new Date(until).toISOString(), posted };
    },
  };
}

interface Look {
  readonly schedule: ExpectedSchedule;
  readonly deadline: Deadline;
  /** Milliseconds: due times in (after, until]. */
  readonly after: number;
  readonly until: number;
}

/** @returns the keys of the notices posted */
async function lateRuns(deps: DeadlineDeps, { schedule, deadline, after, until }: Look): Promise<string[]> {
  if (deadline.after === 'start') return [];
  const { pipeline, key, since } = schedule;
  const own = deps.pipelines.get(pipeline);
  const to = channelsFor(subscriptionsOf(own?.notify, deps.defaults), 'deadline');
  if (to.length === 0) return [];
  // A scheduled run's fire time is the end of its interval: both kinds of deadline count from there.
  const within = milliseconds(deadline.within);
  const intervals = dueIntervals(schedule, {
    after: wholeSecond(Math.max(after - within, Date.parse(since))),
    until: wholeSecond(until - within),
    most: MOST,
  });
  const posted: string[] = [];
  for (const interval of intervals.toReversed()) {
    const run = formatRunId({ pipeline, ...(key !== undefined && { key }), fireTime: interval.end });
    const notice = await noticeOf(deps, { run, pipeline }, deadline, interval);
    if (notice !== undefined && (await deps.notices.post({ notice, to })).posted) posted.push(notice.key);
  }
  return posted;
}

async function noticeOf(
  { ledger }: DeadlineDeps,
  told: { run: string; pipeline: string },
  deadline: Deadline,
  interval: Interval,
): Promise<ReturnType<typeof deadlineMissed> | undefined> {
  const due = dueAt(deadline, { interval, fireTime: interval.end });
  const stands = await standing(ledger, told.run, deadline.task);
  return due === undefined || stands === undefined
    ? undefined
    : deadlineMissed(told, { deadline, dueAt: due }, stands);
}

/** What has become of it, for people; `undefined` where it has succeeded, or watches over the deadline itself. */
async function standing(
  ledger: DeadlineDeps['ledger'],
  run: string,
  task: string | undefined,
): Promise<string | undefined> {
  const attempts = await ledger.attempts(run);
  if (attempts.length === 0) return 'it has not started yet';
  const newest = attempts.at(-1);
  for (const attempt of attempts) {
    const record = await ledger.record(run, attempt);
    if (record === undefined) {
      // At work, or cut off so lately that nobody has written it down.
      if (attempt === newest) return task === undefined ? 'it is still running' : undefined;
    } else if (hasKept(record, task)) return undefined;
    else if (attempt === newest) return `its attempt ${attempt} ended as ${record.state}`;
  }
  return undefined;
}

function hasKept({ state, tasks }: RunRecord, task: string | undefined): boolean {
  if (state === 'success' || task === undefined) return state === 'success';
  const found = tasks.find(({ name, index }) => taskLabel(name, index) === task);
  return found?.state === 'success' || found?.state === 'skipped';
}

function isWatched({ deadline }: WatchedPipeline): boolean {
  return listOf(deadline).some(({ after }) => after !== 'start');
}

async function lastLook(store: ObjectStore, otherwise: number): Promise<number> {
  if ((await store.head(LOOKED)) === undefined) return otherwise;
  const { until } = JSON.parse(new TextDecoder().decode(await store.get(LOOKED))) as { until: string };
  return Date.parse(until);
}
