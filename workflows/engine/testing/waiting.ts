/** Pipelines that wait, and some that go round. */
import { z } from 'zod';
import { activities } from '../activities.ts';
import { pipeline } from '../pipeline.ts';
import { QUICK } from '../profiles.ts';
import { patient, type ProbeActivities } from './pipelines.ts';

const probe = activities<ProbeActivities>('probe', QUICK);

export const watching = pipeline(
  { name: 'watching', params: () => z.object({ patience: z.string().default('20s') }) },
  (run) => {
    const timeout = run.params.patience as `${number}s`;
    const retries = { attempts: 2, delay: '50ms' } as const;
    const landed = run.sensor('landed', { every: '100ms', timeout, retries }, () => probe.flaky('landed'));
    run.sensor('optional', { every: '100ms', timeout: '300ms', softFail: true }, () =>
      probe.flaky('optional'),
    );
    return run.task('use', { after: [landed] }, (found) => probe.echo(found));
  },
);

/** Two signals of one name, in order; the second is worked on by a body. */
export const listening = pipeline({ name: 'listening' }, (run) => {
  const retries = { attempts: 2, delay: '500ms' } as const;
  const before = run.task('before', { retries }, () => probe.flaky('before'));
  const first = run.signal('go', { after: [before], timeout: '30s' });
  const second = run.signal('and-again', { after: [first], signal: 'go' }, (payload) => [payload, 'again']);
  run.signal('nobody', { timeout: '200ms', mayFail: true });
  return run.task('both', { after: [first, second] }, (one, two) => ({ one, two }));
});

export const sleeping = pipeline({ name: 'sleeping' }, (run) => {
  const past = run.sleepUntil('labels', { after: 'interval-end', by: '30d' });
  const short = run.sleepUntil('short', { after: 'now', by: '300ms' }, { after: [past] });
  return run.task('times', { after: [past, short] }, (labels) => labels);
});

export const following = pipeline(
  { name: 'following', params: () => z.object({ otherwise: z.enum(['fail', 'wait']).default('fail') }) },
  (run) => {
    const { otherwise } = run.params;
    const options = { key: 'north', every: '100ms', timeout: '30s', otherwise } as const;
    const found = run.waitForRun('upstream', patient, options);
    return run.task('use', { after: [found] }, ({ run: id, attempt, result }) => ({ id, attempt, result }));
  },
);

/** Waits for everything at once while its history grows over the limit, again and again. */
export const patience = pipeline({ name: 'patience', continueAfterEvents: 60 }, async (run) => {
  const seen = run.sensor('sensor', { every: '200ms', timeout: '60s' }, () => probe.flaky('patience'));
  const told = run.signal('told', { timeout: '60s' });
  const time = run.sleepUntil('time', { after: 'now', by: '4s' });
  let last = run.task('step-0', () => probe.echo(0));
  for (let step = 1; step < 30; step += 1) {
    last = run.task(`step-${step}`, { after: [last] }, () => probe.echo(step));
  }
  const early = run.signal('early', { after: [last] });
  return run.task('all', { after: [seen, told, early, time] }, (...values) => values.slice(0, 3));
});

export const rounds = pipeline(
  {
    name: 'rounds',
    params: () => z.object({ good: z.int().default(3), onMax: z.enum(['fail', 'last']).default('fail') }),
    continueAfterEvents: 40,
  },
  (run) => {
    const { good, onMax } = run.params;
    const start = run.task('start', () => 100);
    const fit = run.loop(
      'fit',
      { after: [start], until: (sum: number) => sum >= 100 + good, max: 4, onMax },
      async (previous, from, { index }) => {
        await probe.flaky(`turn ${String(index)}`);
        return (previous ?? from) + 1;
      },
    );
    return run.task('use', { after: [fit] }, (sum) => probe.echo(sum));
  },
);

/** Asks two people whether, anybody what, and somebody who is not there. */
export const asking = pipeline({ name: 'asking', continueAfterEvents: 60 }, async (run) => {
  const judged = run.task('judged', () => probe.echo('hold'));
  const approved = run.approval('approve', {
    after: [judged],
    choices: ['approve', 'reject'],
    assignees: ['ann', 'bob'],
    timeout: '1m',
    message: (verdict) => `the gate says ${String(verdict)}`,
  });
  const form = run.approval('form', {
    choices: ['north', 'south', 'reject'],
    multiple: true,
    default: ['south'],
    fields: {
      limit: { type: 'integer', min: 1, max: 10, required: true },
      from: { type: 'date', default: '2026-01-31' },
      note: { type: 'text' },
    },
  });
  const { choice, by } = await approved;
  const { choices, fields } = await form;
  const limit: number | undefined = fields.limit;
  const from: string = fields.from;
  // Grows the history, so that the last question is asked in one and answered in another.
  let last = run.task('step-0', () => probe.echo(0));
  for (let step = 1; step < 20; step += 1) {
    last = run.task(`step-${step}`, { after: [last] }, () => probe.echo(step));
  }
  const late = run.approval('late', { choices: ['go'], timeout: '1m' });
  await last;
  return { choice, by, choices, limit, from, late: (await late).choice };
});

export const unanswered = pipeline({ name: 'unanswered' }, (run) => {
  const rejected = run.approval('rejected', { choices: ['approve', 'reject'], timeout: '200ms' });
  const chosen = run.approval('chosen', { choices: ['a', 'b'], timeout: '200ms', default: 'b' });
  run.approval('failed', { choices: ['a', 'b'], timeout: '200ms', mayFail: true });
  return run.task('both', { after: [rejected, chosen] }, (one, two) => [
    one.choice,
    two.choice,
    one.timedOut,
  ]);
});
