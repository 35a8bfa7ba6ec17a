/** A pipeline as version one of the code has it. */
import { condition, defineSignal, setHandler } from '@temporalio/workflow';
import { standing } from '../../../standing.ts';
import { activities } from '../../activities.ts';
import { pipeline } from '../../pipeline.ts';
import { QUICK } from '../../profiles.ts';
import type { ProbeActivities } from '../pipelines.ts';

const probe = activities<ProbeActivities>('probe', QUICK);

export const evolving = pipeline({ name: 'evolving' }, (run) => {
  const first = run.task('first', () => probe.echo('first of one'));
  const opened = run.signal('opened', { after: [first], signal: 'open' });
  return run.task('last', { after: [opened, first] }, (_opened, first) => [first, 'last of one']);
});

const told = defineSignal('tell');

/** Stands until it is asked which code it runs. */
export async function keeper(): Promise<string> {
  let isAsked = false;
  setHandler(told, () => {
    isAsked = true;
  });
  await condition(() => isAsked);
  return 'one';
}

standing(keeper);
