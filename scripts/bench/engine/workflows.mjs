/** What the engine's benchmark runs: the same activities under the engine and in bare Temporal workflows. */
import { proxyActivities } from '@temporalio/workflow';
import { activities } from '../../../dist/workflows/engine/activities.js';
import { pipeline } from '../../../dist/workflows/engine/pipeline.js';
import { QUICK } from '../../../dist/workflows/engine/profiles.js';

const N = 10;
const light = activities('light', QUICK);
const { 'light.fibonacci': bareFibonacci } = proxyActivities({ startToCloseTimeout: '30s' });

/** A chain, each task after the one before. */
export const chain = pipeline({ name: 'chain' }, (run) => {
  let last = run.task('step-0', () => light.fibonacci(N));
  for (let step = 1; step < run.params.tasks; step += 1) {
    last = run.task(`step-${step}`, { after: [last] }, () => light.fibonacci(N));
  }
  return last;
});

export async function bareChain(tasks) {
  let last = 0;
  for (let step = 0; step < tasks; step += 1) last = await bareFibonacci(N);
  return last;
}

/** Tasks that know nothing of each other. */
export const free = pipeline({ name: 'free' }, (run) => {
  for (let at = 0; at < run.params.tasks; at += 1) run.task(`task-${at}`, () => light.fibonacci(N));
});

export async function bareFree(tasks) {
  await Promise.all(Array.from({ length: tasks }, () => bareFibonacci(N)));
}

export { pool } from '../../../dist/workflows/pool.js';

/** Tasks that take turns in one pool. */
export const crowd = pipeline({ name: 'crowd' }, (run) => {
  for (let at = 0; at < run.params.tasks; at += 1) {
    run.task(`turn-${at}`, { pool: run.params.pool }, () => light.turn());
  }
});

/** Tasks that tell when they begin. */
export const readiness = pipeline({ name: 'readiness' }, (run) => {
  for (let at = 0; at < run.params.tasks; at += 1) run.task(`task-${at}`, () => light.ready());
});

/** Tasks that are at work, all at once, and have nothing to do. */
export const nappers = pipeline({ name: 'nappers' }, (run) => {
  for (let at = 0; at < run.params.tasks; at += 1) run.task(`nap-${at}`, () => light.nap(run.params.ms));
});

/** One short task before a long one and one after it; each has an effect. */
export const effects = pipeline({ name: 'effects' }, (run) => {
  const before = run.task('before', ({ key }) => light.effect(key, 0));
  const long = run.task('long', { after: [before] }, (_, { key }) => light.effect(key, run.params.ms));
  run.task('after', { after: [long] }, (_, { key }) => light.effect(key, 0));
});

/** A map over a list that a task gives, and one task over the results. */
export const wide = pipeline({ name: 'wide' }, (run) => {
  const items = run.task('items', () => Array.from({ length: run.params.items }, (_, at) => at));
  const mapped = run.map('item', { over: items }, (item) => light.echo(item));
  return run.task('count', { after: [mapped] }, ({ length }) => length);
});
