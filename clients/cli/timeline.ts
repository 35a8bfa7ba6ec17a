/** When each task of a run was waiting and when it ran, as a bar on the terminal. */
import type { RunRecord, TaskRecord } from '../../workflows/domain/run-record.ts';

export interface Timeline {
  /** `░` for the queue, `█` for the work; at least one mark for what has started. */
  bar(task: TaskRecord): string;
}

/** @param now milliseconds, for what has not ended
 * @param width characters of the longest bar */
export function createTimeline({ startedAt, endedAt }: RunRecord, now: number, width: number): Timeline {
  const start = Date.parse(startedAt);
  const end = Math.max(start + 1, endedAt === undefined ? now : Date.parse(endedAt));
  const column = (time: number): number =>
    Math.min(width - 1, Math.max(0, Math.floor(((time - start) / (end - start)) * width)));
  return {
    bar: (task) => {
      const { queuedAt, startedAt: began, endedAt: ended } = task;
      if (began === undefined || Date.parse(ended ?? began) < start) return '';
      const from = column(Date.parse(queuedAt ?? began));
      const work = column(Date.parse(began));
      const open = task.state === 'running' || task.state === 'deferred';
      const to = column(ended === undefined ? (open ? now : Date.parse(began)) : Date.parse(ended) - 1);
      return `${' '.repeat(from)}${'░'.repeat(work - from)}${'█'.repeat(Math.max(1, to - work + 1))}`;
    },
  };
}
