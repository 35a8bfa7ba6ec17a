/** Times of tasks out of events as Temporal writes them. */
import { describe, expect, it } from 'vitest';

import { runRecord, taskRecord } from './testing/records.ts';
import { activityTimings, withTimings } from './timings.ts';
import type { HistoryEvent } from './timings.ts';

const START = Date.UTC(2026, 1, 1);

function event(eventId: number, second: number, rest: HistoryEvent): HistoryEvent {
  const eventTime = { seconds: START / 1000 + second, nanos: 0 };
  // Protobuf's own number type; a plain number reads the same.
  return { eventId, eventTime, ...rest } as unknown as HistoryEvent;
}

function activity(id: number, activityId: string, times: readonly [number, number, number], attempt = 1) {
  return [
    event(id, times[0], { activityTaskScheduledEventAttributes: { activityId } }),
    event(id + 1, times[1], {
      activityTaskStartedEventAttributes: { scheduledEventId: id, attempt } as never,
    }),
    event(id + 2, times[2], {
      activityTaskCompletedEventAttributes: { scheduledEventId: id } as never,
    }),
  ];
}

function at(second: number): string {
  return new Date(START + second * 1000).toISOString();
}

describe('withTimings', () => {
  it('tells when a task was queued, when a worker began it, and how often it was executed', () => {
    const events = [...activity(5, 'silver/1/1', [1, 4, 6]), ...activity(8, 'silver/2/2', [10, 11, 12], 3)];
    const record = runRecord({ tasks: [taskRecord('silver', { tries: 2, endedAt: at(12.5) })] });
    expect(withTimings(record, activityTimings(events)).tasks[0]).toMatchObject({
      tries: 4,
      queuedAt: at(1),
      startedAt: at(4),
      endedAt: at(12.5),
    });
  });

  it('tells items of a map apart', () => {
    const events = [...activity(5, 'score[0]/1/1', [1, 2, 3]), ...activity(8, 'score[1]/1/2', [1, 7, 8])];
    const tasks = [
      taskRecord('score'),
      taskRecord('score', { index: [0] }),
      taskRecord('score', { index: [1] }),
    ];
    const timed = withTimings(runRecord({ tasks }), activityTimings(events)).tasks;
    expect(timed.map(({ startedAt }) => startedAt)).toEqual([undefined, at(2), at(7)]);
  });

  it('leaves what an earlier attempt did as it was, and the activities of the engine aside', () => {
    const tasks = [taskRecord('bronze', { fromMemo: true, startedAt: at(-100), tries: 1 })];
    const record = runRecord({ tasks });
    expect(withTimings(record, activityTimings(activity(5, '1', [1, 2, 3])))).toEqual(record);
  });

  it('ends a task that was cut off when its last activity ended', () => {
    const record = runRecord({ tasks: [taskRecord('silver', { state: 'failed' })] });
    const timed = withTimings(record, activityTimings(activity(5, 'silver/1/1', [1, 2, 3])));
    expect(timed.tasks[0]?.endedAt).toBe(at(3));
  });
});
