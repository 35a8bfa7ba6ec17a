/** From what was asked for to a plan that can be carried out: checked, with every default filled in. */
import { ApplicationFailure } from '@temporalio/common';

import type { BackfillPlan, BackfillRequest } from '../../workflows/domain/backfill/plan.ts';
import { intervalsWithin } from '../../workflows/domain/calendar/intervals.ts';
import type { ScheduleDeclaration } from '../../workflows/domain/calendar/schedule.ts';
import type { Timetable } from '../../workflows/domain/calendar/timetable.ts';
import {
  checkParams,
  describeProblems,
  paramsNext,
  type ParamProblem,
  type ParamsSchema,
} from '../../workflows/domain/params.ts';
import { wholeSecond } from '../../workflows/domain/run-id.ts';
import { keyProblem } from '../../workflows/domain/run-key.ts';
import { timeAt } from '../../workflows/domain/time-text.ts';
import type { Outlined, Resolved } from './contract.ts';

export interface BackfillSource {
  readonly pipelines: ReadonlyMap<string, BackfillPipeline>;
  readonly schedules: readonly ScheduleDeclaration[];
}

interface BackfillPipeline {
  readonly name: string;
  readonly params?: () => ParamsSchema;
  /** Of its data intervals, where no schedule tells. */
  readonly timetable?: Timetable;
}

const MAX_ACTIVE = 4;
/** One activity looks after them all, and asks the store for each. */
const MOST_ACTIVE = 500;
const ORDERS = ['forwards', 'backwards'];
const REPROCESS = ['missing', 'failed', 'all'];

/** @throws InvalidBackfill, InvalidParams, UnknownPipeline */
export function resolveBackfill(source: BackfillSource, request: BackfillRequest): Resolved {
  const { lacks, ...resolved } = outlineBackfill(source, request);
  if (lacks !== undefined) throw lacks;
  return resolved;
}

/**
 * For a preview: which intervals there are does not depend on params that are yet to be given.
 * @throws InvalidBackfill, UnknownPipeline; InvalidParams for those that were given
 */
export function outlineBackfill(source: BackfillSource, request: BackfillRequest): Outlined {
  const pipeline = source.pipelines.get(request.pipeline);
  if (pipeline === undefined) throw unknownPipeline(source, request.pipeline);
  const schedule = scheduleOf(source, request);
  const key = request.key ?? schedule?.key;
  const wrongKey = key === undefined ? undefined : keyProblem(key);
  if (wrongKey !== undefined) throw invalid(wrongKey);
  const params = request.params ?? schedule?.params;
  checkChoices(request);
  const given = checkParams(pipeline.params?.(), params);
  const lacks = given.ok ? undefined : invalidParams(pipeline.name, given.problems);
  if (lacks !== undefined && request.params !== undefined) throw lacks;
  const plan: BackfillPlan = {
    pipeline: pipeline.name,
    ...(key !== undefined && { key }),
    ...(params !== undefined && { params }),
    from: timeOf('from', request.from),
    to: timeOf('to', request.to),
    timetable: timetableOf(pipeline, schedule, request),
    order: request.order ?? 'forwards',
    maxActive: request.maxActive ?? MAX_ACTIVE,
    reprocess: request.reprocess ?? 'missing',
    ...(request.tasks !== undefined && { tasks: request.tasks }),
    startedBy: request.startedBy ?? 'somebody',
  };
  return { plan, total: countIntervals(plan), ...(lacks !== undefined && { lacks }) };
}

function invalidParams(pipeline: string, problems: readonly ParamProblem[]): ApplicationFailure {
  return refused('InvalidParams', describeProblems(pipeline, problems), {
    next: paramsNext(pipeline, problems),
  });
}

/** The one of its pipeline and key; without a key the pipeline's only one. */
function scheduleOf(
  { schedules }: BackfillSource,
  { pipeline, key, timetable }: BackfillRequest,
): ScheduleDeclaration | undefined {
  const own = schedules.filter((schedule) => schedule.pipeline === pipeline);
  if (key !== undefined) return own.find((schedule) => schedule.key === key);
  if (own.length > 1 && timetable === undefined) {
    const keys = own.map((schedule) => schedule.key ?? '(none)').join(', ');
    throw invalid(`${pipeline} has several schedules, of the keys ${keys}: say which one by --key`);
  }
  return own.length === 1 ? own[0] : undefined;
}

function timetableOf(
  pipeline: BackfillPipeline,
  schedule: ScheduleDeclaration | undefined,
  { timetable }: BackfillRequest,
): Timetable {
  const found = timetable ?? schedule?.timetable ?? pipeline.timetable;
  if (found !== undefined) return found;
  throw invalid(
    `${pipeline.name} has no schedule and no timetable of its own, so its intervals are not known: say for example --cron @daily`,
  );
}

function checkChoices({ order, reprocess, maxActive, tasks }: BackfillRequest): void {
  if (order !== undefined && !ORDERS.includes(order)) {
    throw invalid(`order is one of ${ORDERS.join(', ')}; given: ${JSON.stringify(order)}`);
  }
  if (reprocess !== undefined && !REPROCESS.includes(reprocess)) {
    throw invalid(`reprocess is one of ${REPROCESS.join(', ')}; given: ${JSON.stringify(reprocess)}`);
  }
  if (
    maxActive !== undefined &&
    !(Number.isInteger(maxActive) && maxActive > 0 && maxActive <= MOST_ACTIVE)
  ) {
    throw invalid(
      `maxActive is a whole number from 1 to ${MOST_ACTIVE}; given: ${JSON.stringify(maxActive)}`,
    );
  }
  if (tasks === undefined) return;
  if (!Array.isArray(tasks) || tasks.length === 0)
    throw invalid('tasks must be a list with at least one name');
  if ((reprocess ?? 'missing') === 'missing') {
    throw invalid(
      'tasks are picked in runs that have been: say --reprocess failed or --reprocess all with them',
    );
  }
}

function countIntervals(plan: BackfillPlan): number {
  if (Date.parse(plan.from) >= Date.parse(plan.to)) {
    throw invalid(`from ${plan.from} is not before to ${plan.to}`);
  }
  let total = 0;
  try {
    for (const _interval of intervalsWithin(plan)) total += 1;
  } catch (error) {
    if (error instanceof RangeError) throw invalid(error.message);
    throw error;
  }
  if (total > 0) return total;
  throw invalid(
    `no interval of ${JSON.stringify(plan.timetable)} lies wholly between ${plan.from} and ${plan.to}`,
  );
}

function timeOf(what: string, given: unknown): string {
  const at = typeof given === 'string' ? timeAt(given) : undefined;
  if (at === undefined) {
    throw invalid(
      `${what} must be a date or a time in RFC 3339, as 2026-01-01 or 2026-01-01T06:00:00Z; given: ${JSON.stringify(given)}`,
    );
  }
  return wholeSecond(at);
}

function unknownPipeline({ pipelines }: BackfillSource, name: string): ApplicationFailure {
  const known = [...pipelines.keys()].join(', ') || 'none';
  return refused('UnknownPipeline', `no pipeline is named ${name}; known are ${known}`, {
    next: 'assay pipelines list',
  });
}

function invalid(message: string): ApplicationFailure {
  return refused('InvalidBackfill', message, { next: 'assay backfill create --help' });
}

function refused(type: string, message: string, details: { next: string }): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, type, details);
}
