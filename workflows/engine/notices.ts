/** What a run tells to whoever asked for it. Nothing of this can fail the run, and no receiver can hold it up. */
import { CancellationScope, log } from '@temporalio/workflow';

import type { NotifyActivities } from '../../activities/notify/contract.ts';
import type { OpenApproval } from '../domain/approval.ts';
import { channelsFor, type Notice } from '../domain/notices/notice.ts';
import {
  questionAsked,
  runFailed,
  runSucceeded,
  taskRetries,
  taskSkipped,
} from '../domain/notices/wording.ts';
import { activities } from './activities.ts';
import type { Attempt } from './attempt.ts';
import { workflowNow } from './determinism.ts';
import { QUICK } from './profiles.ts';
import type { Ending } from './run.ts';
import type { Task } from './task.ts';
import { outsideTasks } from './task-context.ts';

export interface Notices {
  /** Does nothing where nobody listens to such events. */
  tell(notice: Notice): void;
  /** A task has another state. */
  readonly changed: (task: Task) => void;
  /** A question waits for somebody. */
  readonly asked: (approval: OpenApproval) => void;
  ended(ending: Ending): void;
  /** Resolves when all that was told has been posted, or could not be; never rejects. */
  posted(): Promise<void>;
}

const notify = activities<NotifyActivities>('notify', QUICK);

export function createNotices({ facts, notify: subscriptions = [], slice }: Attempt): Notices {
  const told = { run: facts.id, pipeline: facts.pipeline, attempt: facts.attempt };
  const underWay = new Set<Promise<void>>();
  const now = (): string => new Date(workflowNow()).toISOString();

  const tell = (notice: Notice): void => {
    const to = channelsFor(subscriptions, notice.event);
    // A slice's items are rows of its run's map.
    if (to.length === 0 || slice !== undefined) return;
    const posting = post(notice, to).finally(() => underWay.delete(posting));
    underWay.add(posting);
  };

  return {
    tell,
    changed: ({ label, spec, progress }) => {
      // Maps of thousands of items would be told item by item; what stands in the memo was told by whoever ran it.
      if (spec.index !== undefined || progress.fromMemo) return;
      const { state, tries, error, retryAt, reason } = progress;
      if (state === 'up_for_retry' && error !== undefined && retryAt !== undefined) {
        tell(taskRetries(told, now(), { task: label, tries, error, retryAt }));
      }
      // One that was never tried is skipped because another was.
      if (state === 'skipped' && tries > 0) tell(taskSkipped(told, now(), label, reason));
    },
    asked: (approval) => tell(questionAsked(told, approval)),
    ended: ({ state, failed }) => {
      if (state === 'success') tell(runSucceeded(told, now()));
      if (state === 'failed') tell(runFailed(told, now(), failed));
    },
    posted: async () => {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}

async function post(notice: Notice, to: readonly string[]): Promise<void> {
  try {
    // No task's activity, whichever task has led to it.
    await outsideTasks(() => CancellationScope.nonCancellable(() => notify.post({ notice, to })));
  } catch (error) {
    log.error('a notice could not be posted', { key: notice.key, error });
  }
}
