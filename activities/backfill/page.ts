/** Looks at intervals one after the other, and chooses what to do about each by what the ledger knows. */
import type { Client } from '@temporalio/client';

import { choose, type Choice, type LeftOut, type Standing } from '../../workflows/domain/backfill/choice.ts';
import type { BackfillPlan, PlannedRun } from '../../workflows/domain/backfill/plan.ts';
import type { BackfillPage } from '../../workflows/domain/backfill/window.ts';
import { intervalsWithin } from '../../workflows/domain/calendar/intervals.ts';
import type { Interval } from '../../workflows/domain/interval.ts';
import { formatRunId } from '../../workflows/domain/run-id.ts';
import { attempt } from '../attempt.ts';
import type { Ledger } from '../ledger/contract.ts';
import { endingOf } from '../ledger/ending.ts';
import type { PreviewedInterval } from './contract.ts';

/** Of one activity: the heartbeat goes on, but the page comes back within seconds. */
const MOST_LOOKED_AT = 1_000;
/** Runs that the ledger is asked for at a time. */
const BATCH = 16;

export interface PageSource {
  readonly ledger: Ledger;
  /** Asked only about attempts that have no record; without it these count as open. */
  readonly client?: Client;
}

interface Looked {
  readonly run: string;
  readonly interval: Interval;
  readonly standing: Standing;
  readonly choice: Choice;
}

export async function pageOf(
  source: PageSource,
  { plan, after, most }: { plan: BackfillPlan; after?: Interval; most: number },
): Promise<BackfillPage> {
  const runs: PlannedRun[] = [];
  const leftOut: Record<LeftOut, number> = { done: 0, open: 0, unknownTasks: 0 };
  let cursor = after;
  let looked = 0;
  for await (const { run, interval, choice } of look(source, plan, after)) {
    cursor = interval;
    looked += 1;
    if (choice.kind === 'leave') leftOut[choice.why] += 1;
    else runs.push(planned(run, interval, choice));
    if (runs.length >= most || looked >= MOST_LOOKED_AT || attempt().signal.aborted) {
      return { runs, leftOut, cursor, isExhausted: false };
    }
  }
  return { runs, leftOut, ...(cursor !== undefined && { cursor }), isExhausted: true };
}

export async function* preview(source: PageSource, plan: BackfillPlan): AsyncGenerator<PreviewedInterval> {
  for await (const { run, interval, standing, choice } of look(source, plan)) {
    const state = stateOf(standing);
    yield {
      run,
      interval,
      ...(state !== undefined && { state }),
      ...(choice.kind === 'run'
        ? { action: choice.attempt === 1 ? 'start' : 'rerun', attempt: choice.attempt }
        : { action: 'leave', why: choice.why }),
    };
  }
}

async function* look(source: PageSource, plan: BackfillPlan, after?: Interval): AsyncGenerator<Looked> {
  const one = async (interval: Interval): Promise<Looked> => {
    const { pipeline, key } = plan;
    const run = formatRunId({ pipeline, ...(key !== undefined && { key }), fireTime: interval.end });
    const standing = await standingOf(source, run);
    return { run, interval, standing, choice: choose(plan, standing) };
  };
  let batch: Interval[] = [];
  for (const interval of intervalsWithin(plan, after)) {
    if (batch.push(interval) < BATCH) continue;
    yield* await Promise.all(batch.map(one));
    batch = [];
  }
  yield* await Promise.all(batch.map(one));
}

async function standingOf({ ledger, client }: PageSource, run: string): Promise<Standing> {
  const number = (await ledger.attempts(run)).at(-1);
  if (number === undefined) return { kind: 'missing' };
  const record = await ledger.record(run, number);
  if (record !== undefined && record.state !== 'running') {
    return { kind: 'ended', attempt: number, state: record.state, tasks: record.tasks };
  }
  const holder = await ledger.holder(run, number);
  const ending = client && holder ? await endingOf(client, holder) : { kind: 'open' as const };
  if (ending.kind === 'open') return { kind: 'open', attempt: number };
  // It was cut off, and the sweeper has not written its record yet; the next attempt sees to that first.
  const state = ending.kind === 'closed' ? ending.state : 'terminated';
  return { kind: 'ended', attempt: number, state, tasks: [] };
}

function planned(
  run: string,
  interval: Interval,
  { attempt: number, rerun }: Extract<Choice, { kind: 'run' }>,
): PlannedRun {
  return { run, attempt: number, interval, ...(rerun !== undefined && { rerun }) };
}

function stateOf(standing: Standing): PreviewedInterval['state'] {
  if (standing.kind === 'missing') return undefined;
  return standing.kind === 'open' ? 'running' : standing.state;
}
