/** Pipelines that have something to tell: by their ends, their tasks, or by being late. */
import { sleep } from '@temporalio/workflow';
import { z } from 'zod';
import { activities } from '../activities.ts';
import { pipeline } from '../pipeline.ts';
import { QUICK } from '../profiles.ts';
import type { ProbeActivities } from './pipelines.ts';

const probe = activities<ProbeActivities>('probe', QUICK);

export const telling = pipeline(
  {
    name: 'telling',
    notify: [
      { on: ['success', 'failure'], to: ['hook', 'team'] },
      { on: ['retry', 'skip'], to: ['team'] },
    ],
  },
  (run) => {
    const flaky = run.task('flaky', { retries: { attempts: 2, delay: '50ms' } }, () => probe.flaky('flaky'));
    const none = run.task('none', () => run.skip('nothing to do'));
    run.task('after-none', { after: [none] }, () => 'never');
    run.map('items', { over: [1, 2] }, () => run.skip());
    return run.task('last', { after: [flaky] }, () => probe.flaky('last'));
  },
);

/** Expected every hour, within ten minutes, and one of its tasks within two. */
export const hourly = pipeline(
  {
    name: 'hourly',
    deadline: [
      { after: 'interval-end', within: '10m' },
      { after: 'fire-time', within: '2m', task: 'first' },
      { after: 'start', within: '1h' },
    ],
  },
  async (run) => {
    await run.task('first', () => probe.echo('first'));
    run.task('second', () => probe.flaky('second'));
  },
);

/** Late as a whole from the start, late in one task, and in time with another. */
export const tardy = pipeline(
  {
    name: 'tardy',
    params: () => z.object({ waits: z.int().default(400) }),
    continueAfterEvents: 40,
    deadline: [
      { after: 'start', within: '150ms' },
      { after: 'start', within: '150ms', task: 'slow' },
      { after: 'interval-end', within: '1h', task: 'never-created' },
      { after: 'start', within: '10m', task: 'swift' },
    ],
  },
  async (run) => {
    run.task('swift', () => probe.echo('swift'));
    const slow = run.task('slow', async () => {
      await sleep(run.params.waits);
      return 'done';
    });
    await slow;
    // Enough of them for a second history.
    for (const at of Array.from({ length: 12 }, (_, index) => index)) {
      await run.task(`step-${at}`, () => probe.echo(at));
    }
  },
);

/** Asks in one history and is answered in another. */
export const questioning = pipeline(
  { name: 'questioning', continueAfterEvents: 30, notify: [{ on: ['approval'], to: ['hook'] }] },
  async (run) => {
    const choices = ['go', 'stay'] as const;
    const answer = run.approval('whether', { choices, assignees: ['ann'], message: 'Shall we?' });
    let last = run.task('step-0', () => probe.echo(0));
    for (let step = 1; step < 10; step += 1) {
      last = run.task(`step-${step}`, { after: [last] }, () => probe.echo(step));
    }
    return (await answer).choice;
  },
);
