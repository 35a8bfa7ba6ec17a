/**
 * True times of tasks, out of Temporal's histories: a workflow sees when a task was asked for and when it was done,
 * the history knows when a worker began it and how often.
 */
import type { temporal } from '@temporalio/proto';

import { parseActivityId, taskLabel } from '../../workflows/domain/activity-id.ts';
import { groupBy } from '../../workflows/domain/group-by.ts';
import type { RunRecord, TaskRecord } from '../../workflows/domain/run-record.ts';
import { NOT_YET } from '../../workflows/domain/tries.ts';

export type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

/** One activity of a task, as far as it has come; times in milliseconds. */
export interface ActivityTiming {
  readonly activityId: string;
  readonly queuedAt: number;
  startedAt?: number;
  endedAt?: number;
  /** Executions of the activity; more than one where the infrastructure retried. */
  attempts: number;
  /** They were looks at something that was not there yet: no tries. */
  polled: boolean;
}

/** Activities by the order in which they were scheduled. Started events appear when the activity ends. */
export function activityTimings(events: readonly HistoryEvent[]): ActivityTiming[] {
  const byScheduled = new Map<string, ActivityTiming>();
  for (const event of events) {
    const scheduled = event.activityTaskScheduledEventAttributes;
    const started = event.activityTaskStartedEventAttributes;
    const ended = endOf(event);
    if (scheduled) {
      const activityId = scheduled.activityId ?? '';
      byScheduled.set(String(event.eventId), {
        activityId,
        queuedAt: timeOf(event),
        attempts: 1,
        polled: false,
      });
    } else if (started) {
      const timing = byScheduled.get(String(started.scheduledEventId));
      const polled = started.lastFailure?.applicationFailureInfo?.type === NOT_YET;
      if (timing) Object.assign(timing, { startedAt: timeOf(event), attempts: started.attempt ?? 1, polled });
    } else if (ended) {
      const timing = byScheduled.get(String(ended.scheduledEventId));
      if (timing) timing.endedAt = timeOf(event);
    }
  }
  return [...byScheduled.values()];
}

/** The record with what the histories of this attempt know better; tasks of earlier attempts keep what they had. */
export function withTimings(record: RunRecord, timings: readonly ActivityTiming[]): RunRecord {
  const byTask = groupBy(timings, taskOf);
  return {
    ...record,
    tasks: record.tasks.map((task) => {
      const own = byTask.get(taskLabel(task.name, task.index));
      return own === undefined ? task : timed(task, own);
    }),
  };
}

function timed(task: TaskRecord, timings: readonly ActivityTiming[]): TaskRecord {
  const queued = Math.min(...timings.map((timing) => timing.queuedAt));
  const starts = timings.flatMap((timing) => timing.startedAt ?? []);
  const ends = timings.flatMap((timing) => timing.endedAt ?? []);
  return {
    ...task,
    // A sensor's activity is executed as often as it looks, in one try.
    ...(task.kind === 'sensor'
      ? { polls: executions(timings) }
      : { tries: Math.max(task.tries, executions(timings.map(asOneTry))) }),
    queuedAt: iso(queued),
    ...(starts.length > 0 ? { startedAt: iso(Math.min(...starts)) } : {}),
    ...(task.endedAt === undefined && ends.length > 0 ? { endedAt: iso(Math.max(...ends)) } : {}),
  };
}

function asOneTry(timing: ActivityTiming): ActivityTiming {
  return timing.polled ? { ...timing, attempts: 1 } : timing;
}

/** Each try of the engine counts as often as its most repeated activity was executed. */
function executions(timings: readonly ActivityTiming[]): number {
  const byTry = new Map<number, number>();
  for (const { activityId, attempts } of timings) {
    const number = parseActivityId(activityId)?.try ?? 1;
    byTry.set(number, Math.max(byTry.get(number) ?? 0, attempts));
  }
  return [...byTry.values()].reduce((sum, attempts) => sum + attempts, 0);
}

/** The engine's own activities belong to no task. */
function taskOf({ activityId }: ActivityTiming): string[] {
  const parsed = parseActivityId(activityId);
  return parsed === undefined ? [] : [taskLabel(parsed.task, parsed.index)];
}

function endOf(event: HistoryEvent): { scheduledEventId?: unknown } | undefined {
  return (
    event.activityTaskCompletedEventAttributes ??
    event.activityTaskFailedEventAttributes ??
    event.activityTaskTimedOutEventAttributes ??
    event.activityTaskCanceledEventAttributes ??
    undefined
  );
}

export function isoTime(event: HistoryEvent): string {
  return iso(timeOf(event));
}

function timeOf({ eventTime }: HistoryEvent): number {
  return Number(eventTime?.seconds ?? 0) * 1000 + Math.floor(Number(eventTime?.nanos ?? 0) / 1e6);
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
