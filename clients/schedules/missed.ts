/**
 * The intervals that were due and have no run. Temporal tells of no time lost to a pause, nor of starts that it
 * swallowed, so the nominal times are held against the ledger.
 */
import type { ScheduleDescription } from '@temporalio/client';
import { dueIntervals } from '../../workflows/domain/calendar/schedule.ts';
import type { Interval } from '../../workflows/domain/interval.ts';
import { formatRunId, wholeSecond } from '../../workflows/domain/run-id.ts';
import { describe } from '../runs/description.ts';
import { intactForm, type ServerForm } from './server-form.ts';
import type { ScheduleServices } from './services.ts';

export interface MissedInterval {
  /** The ID that its run would have. */
  readonly run: string;
  readonly interval: Interval;
  /** `queued` behind a run that has not ended; `due`: `resume` runs it; `skipped`: only by hand or a backfill. */
  readonly state: 'queued' | 'due' | 'skipped';
}

/** So many nominal times back are looked at. */
const LOOK_BACK = 100;
/** Milliseconds that a start may take without being missed; nothing is on its way while the schedule is paused. */
const GRACE = 10_000;

/** From the newest to the oldest. */
export async function missedIntervals(
  services: ScheduleServices,
  description: ScheduleDescription,
): Promise<MissedInterval[]> {
  const form = intactForm(description);
  const { schedule } = form.input;
  const grace = description.state.paused ? 0 : GRACE + form.jitter;
  const due = dueIntervals(schedule, {
    after: latest(
      schedule.since ?? description.info.createdAt.toISOString(),
      form.startAt && wholeSecond(Date.parse(form.startAt) - 1000),
    ),
    until: earliest(wholeSecond(Date.now() - grace), form.endAt),
    most: LOOK_BACK,
  });
  const runs = due.map((interval) => ({ interval, run: runOf(form, interval) }));
  const known = await Promise.all(runs.map(({ run }) => isKnown(services, run)));
  const waiting = Number(description.raw.info?.bufferSize ?? 0);
  return runs
    .filter((_run, at) => known[at] === false)
    .map((run, at) => ({ ...run, state: at < waiting ? 'queued' : stateOf(description, run.interval) }));
}

function runOf({ pipeline, input }: ServerForm, { end }: Interval): string {
  return formatRunId({ pipeline, ...(input.key !== undefined && { key: input.key }), fireTime: end });
}

/** In the ledger; or in Temporal alone, where no worker has taken it up yet. */
async function isKnown(services: ScheduleServices, run: string): Promise<boolean> {
  if ((await services.ledger.attempts(run)).length > 0) return true;
  return (await describe(await services.client(), run)) !== undefined;
}

/** What was left out because another run had not ended is not due any more. */
function stateOf({ policies, state }: ScheduleDescription, { end }: Interval): 'due' | 'skipped' {
  const inTime = Date.now() - Date.parse(end) <= policies.catchupWindow;
  return inTime && (policies.overlap !== 'SKIP' || state.paused) ? 'due' : 'skipped';
}

function latest(since: string, start: string | undefined): string {
  return start !== undefined && Date.parse(start) > Date.parse(since) ? start : since;
}

function earliest(now: string, end: string | undefined): string {
  return end !== undefined && Date.parse(end) < Date.parse(now) ? end : now;
}
