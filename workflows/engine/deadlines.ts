/** A run's own deadlines: a timer for each, told once when it goes by before what it is about has succeeded. */
import { CancellationScope, sleep } from '@temporalio/workflow';

import { deadlineKey, describeDeadline, dueAt, type Deadline } from '../domain/notices/deadline.ts';
import { deadlineMissed } from '../domain/notices/wording.ts';
import type { RunDeadline } from '../domain/run-record.ts';
import type { Attempt } from './attempt.ts';
import { workflowNow } from './determinism.ts';
import type { Notices } from './notices.ts';
import type { Task } from './task.ts';

export interface Deadlines {
  /** A task has another state. */
  readonly changed: (task: Task) => void;
  /** Sets the timers. */
  readonly start: () => void;
  /** Those that stand: with their due times, and whether they went by. */
  readonly all: () => readonly RunDeadline[];
  /** Ends what waits. */
  readonly stop: () => void;
}

interface DeadlineParts {
  readonly attempt: Attempt;
  readonly notices: Pick<Notices, 'tell'>;
  /** One has gone by. */
  readonly missed: () => void;
}

export function createDeadlines({ attempt, notices, missed }: DeadlineParts): Deadlines {
  const { facts, slice } = attempt;
  const declared = slice === undefined ? (attempt.deadlines ?? []) : [];
  const tasks = new Map<string, Task>();
  const standing = new Map<string, RunDeadline>(
    (attempt.missed ?? []).map((deadline) => [deadlineKey(facts.id, deadline), deadline]),
  );
  const scope = new CancellationScope();

  const goneBy = (deadline: Deadline, due: string): void => {
    const task = deadline.task === undefined ? undefined : tasks.get(deadline.task);
    if (task?.progress.state === 'success' || task?.progress.state === 'skipped') return;
    standing.set(deadlineKey(facts.id, deadline), { ...deadline, dueAt: due, missed: true });
    const stands = deadline.task === undefined ? 'it is still running' : standOf(task);
    notices.tell(
      deadlineMissed({ run: facts.id, pipeline: facts.pipeline }, { deadline, dueAt: due }, stands),
    );
    missed();
  };
  const arm = (deadline: Deadline, startedAt: string | undefined): void => {
    const due = dueAt(deadline, { ...facts, ...(startedAt !== undefined && { startedAt }) });
    const key = deadlineKey(facts.id, deadline);
    if (due === undefined || standing.has(key) || isBygone(attempt, due)) return;
    standing.set(key, { ...deadline, dueAt: due });
    void scope
      .run(() => waitFor(deadline, due))
      .then(
        () => goneBy(deadline, due),
        () => undefined,
      );
  };

  return {
    changed: (task) => {
      tasks.set(task.label, task);
      const { queuedAt, state } = task.progress;
      if (state !== 'running' || queuedAt === undefined) return;
      for (const deadline of declared) {
        if (deadline.after === 'start' && deadline.task === task.label) arm(deadline, queuedAt);
      }
    },
    start: () => {
      for (const deadline of declared) {
        if (deadline.after !== 'start' || deadline.task === undefined) arm(deadline, attempt.startedAt);
      }
    },
    all: () => declared.flatMap((deadline) => standing.get(deadlineKey(facts.id, deadline)) ?? []),
    stop: () => scope.cancel(),
  };
}

/**
 * Whoever starts a run after its deadline, by hand, as a rerun or in a backfill, knows that it is late; only a schedule
 * does not.
 */
function isBygone({ startedAt, startedBy, facts: { attempt } }: Attempt, due: string): boolean {
  if (Date.parse(due) > Date.parse(startedAt)) return false;
  return attempt > 1 || !startedBy.startsWith('schedule');
}

async function waitFor(deadline: Deadline, due: string): Promise<void> {
  const ms = Date.parse(due) - workflowNow();
  if (ms <= 0) return;
  await sleep(ms, { summary: `deadline: ${deadline.task ?? 'the run'} ${describeDeadline(deadline)}` });
}

function standOf(task: Task | undefined): string {
  if (task === undefined) return 'it has not been created yet';
  const { state, tries } = task.progress;
  return tries === 0 ? 'it has not started yet' : `it is ${state}, after ${tries} tries`;
}
