/** A run among those before and after it. */
import type { OrderActivities } from '../../activities/order/contract.ts';
import type { Timetable } from '../domain/calendar/timetable.ts';
import type { Past, RunPosition } from '../domain/order.ts';
import { activities } from './activities.ts';
import type { Attempt } from './attempt.ts';
import { QUICK } from './profiles.ts';

/** What comes before may take days: nothing but its coming ends the wait. */
const order = activities<OrderActivities>('order', {
  ...QUICK,
  retry: { initialInterval: '10s', backoffCoefficient: 1 },
});

/** `true`: the interval before must have succeeded; `'end'`: it must be over, whatever came of it. */
export type DependsOnPast = true | 'end';

export interface RunOrder {
  /** Resolves when the interval before has come as far: its run, or a task of it. */
  awaitPast(past: DependsOnPast, task?: string): Promise<unknown>;
  /** Whether no later interval is due. */
  isLatest(): Promise<boolean>;
}

export function createRunOrder(
  { facts, schedule }: Pick<Attempt, 'facts' | 'schedule'>,
  timetable: Timetable | undefined,
): RunOrder {
  const { pipeline, key, interval } = facts;
  const position: RunPosition = {
    pipeline,
    interval,
    ...(key !== undefined && { key }),
    ...(timetable !== undefined && { schedule: { name: pipeline, timetable } }),
    ...(schedule !== undefined && { schedule }),
  };
  return {
    awaitPast: (dependsOn, task) => {
      const past: Past = dependsOn === 'end' ? 'end' : 'success';
      const asks = task === undefined ? { waiting: { run: facts.id, attempt: facts.attempt } } : { task };
      return order.awaitPast({ ...position, past, ...asks });
    },
    isLatest: () => order.isLatest(position),
  };
}
