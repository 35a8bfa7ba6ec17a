/**
 * Brings one notice to its channels, each on its own and with a day's patience, so that no run waits for a receiver.
 * A channel that could not be reached fails the workflow: what nobody was told stands in Temporal's lists.
 */
import { ApplicationFailure } from '@temporalio/workflow';

import type { DeliveryInput, NotifyActivities } from '../activities/notify/contract.ts';
import { activities } from './engine/activities.ts';
import { causesOf } from './engine/failures.ts';
import type { Profile } from './engine/profiles.ts';

const SENDING: Profile = {
  queue: 'control',
  startToCloseTimeout: '1m',
  scheduleToCloseTimeout: '24h',
  heartbeatTimeout: '8s',
  cancellationType: 'TRY_CANCEL',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '5m' },
};

const notify = activities<NotifyActivities>('notify', SENDING);

export async function delivery({
  notice,
  to,
}: DeliveryInput): Promise<{ readonly delivered: readonly string[] }> {
  const outcomes = await Promise.allSettled(to.map((channel) => notify.send({ notice, channel })));
  const lost = outcomes.flatMap((outcome, at) =>
    outcome.status === 'rejected' ? [`${to[at]} (${causesOf(outcome.reason).at(-1)?.message})`] : [],
  );
  if (lost.length === 0) return { delivered: to };
  throw ApplicationFailure.nonRetryable(`${notice.title}: not told to ${lost.join('; ')}`, 'NoticeLost');
}
