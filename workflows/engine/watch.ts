/** Who watches a run while it is at work: tells its events to whoever listens, and its deadlines when they go by. */
import type { OpenApproval } from '../domain/approval.ts';
import type { RunDeadline } from '../domain/run-record.ts';
import type { Attempt } from './attempt.ts';
import { createDeadlines } from './deadlines.ts';
import { createNotices } from './notices.ts';
import type { Ending } from './run.ts';
import type { Task } from './task.ts';

export interface Watch {
  /** A task has another state. */
  readonly changed: (task: Task) => void;
  /** A question waits for somebody. */
  readonly asked: (approval: OpenApproval) => void;
  readonly deadlines: () => readonly RunDeadline[];
  start(): void;
  /** Nothing more is late: what the run was for is done, or has failed. */
  rest(): void;
  /** Tells the end, and waits until all is posted. */
  ended(ending: Ending): Promise<void>;
  /** What the next history has to know. */
  handOver(): Promise<Pick<Attempt, 'missed'>>;
}

/** @param late called when a deadline has gone by */
export function createWatch(attempt: Attempt, late: () => void): Watch {
  const notices = createNotices(attempt);
  const deadlines = createDeadlines({ attempt, notices, missed: late });
  return {
    changed: (task) => {
      notices.changed(task);
      deadlines.changed(task);
    },
    asked: notices.asked,
    deadlines: deadlines.all,
    start: deadlines.start,
    rest: deadlines.stop,
    ended: (ending) => {
      notices.ended(ending);
      return notices.posted();
    },
    handOver: async () => {
      deadlines.stop();
      await notices.posted();
      const missed = deadlines.all().filter((deadline) => deadline.missed);
      return missed.length === 0 ? {} : { missed };
    },
  };
}
