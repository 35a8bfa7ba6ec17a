/** Looks once for deadlines that went by without anybody to say so. A schedule of its own starts it every minute. */
import type { DeadlineActivities, Looked } from '../activities/deadlines/contract.ts';
import { activities } from './engine/activities.ts';
import type { Profile } from './engine/profiles.ts';

const LOOKING: Profile = {
  queue: 'control',
  startToCloseTimeout: '10m',
  heartbeatTimeout: '8s',
  retry: { initialInterval: '1s', maximumInterval: '1m', maximumAttempts: 10 },
};

const deadlines = activities<DeadlineActivities>('deadlines', LOOKING);

export function watchdog(): Promise<Looked> {
  return deadlines.look();
}
