/** What events from outside reach in tests: a workflow that writes down what it is sent, a sensor, a run. */
import { condition, defineQuery, defineSignal, setHandler } from '@temporalio/workflow';
import { z } from 'zod';
import { activities } from '../activities.ts';
import { pipeline } from '../pipeline.ts';
import { QUICK } from '../profiles.ts';
import type { ProbeActivities } from './pipelines.ts';

/** Writes down what it is sent, so that a test can count it. */
export async function collector(): Promise<readonly unknown[]> {
  const collected: unknown[] = [];
  let isOver = false;
  setHandler(defineSignal<[unknown]>('noted'), (payload) => void collected.push(payload));
  setHandler(defineSignal('over'), () => {
    isOver = true;
  });
  setHandler(defineQuery<readonly unknown[]>('collected'), () => collected);
  await condition(() => isOver);
  return collected;
}

const probe = activities<ProbeActivities>('probe', QUICK);

/** Its sensor would look once an hour. */
export const drowsy = pipeline({ name: 'drowsy' }, (run) => {
  run.sensor('arrived', { every: '1h', timeout: '3h' }, () => probe.flaky('arrived'));
});

/** One run for an arrival. */
export const arrival = pipeline(
  { name: 'arrival', params: () => z.object({ object: z.string() }) },
  (run) => run.params.object,
);
