/** Runs that were cut off can't tell it themselves: whoever writes their record does. */
import type { NotifyActivities } from '../activities/notify/contract.ts';
import type { LedgerPipeline } from '../activities/ledger/begin.ts';
import { channelsFor, subscriptionsOf, type Subscription } from '../workflows/domain/notices/notice.ts';
import { runFailed } from '../workflows/domain/notices/wording.ts';
import type { RunRecord } from '../workflows/domain/run-record.ts';

/** As a failure, to whom the pipeline and the environment say; nothing for what somebody has cancelled. */
export function createTellCutOff(
  notices: Pick<NotifyActivities, 'post'>,
  pipelines: ReadonlyMap<string, LedgerPipeline>,
  defaults: readonly Subscription[],
): (record: RunRecord) => Promise<void> {
  return async ({ run, pipeline, attempt, state, error, endedAt, startedAt }) => {
    if (state !== 'terminated' && state !== 'timed_out' && state !== 'failed') return;
    const subscriptions = subscriptionsOf(pipelines.get(pipeline)?.notify, defaults);
    const cause = error ?? { type: state, message: 'it was cut off before it could write its record' };
    const notice = runFailed({ run, pipeline, attempt }, endedAt ?? startedAt, [
      { task: '(the run)', error: cause },
    ]);
    await notices.post({ notice, to: channelsFor(subscriptions, 'failure') });
  };
}
