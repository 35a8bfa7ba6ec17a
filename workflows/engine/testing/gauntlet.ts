/** A pipeline that goes through every state a run can be killed in. */
import { activities } from '../activities.ts';
import { valuesOf } from '../../domain/mapped.ts';
import { pipeline } from '../pipeline.ts';
import { QUICK } from '../profiles.ts';

/** Implemented by the worker that is killed: workers/testing/gauntlet-worker.mjs. */
export interface EffectActivities {
  /** Leaves a mark under its key, once, however often it is called. @returns the label */
  mark(input: { key: string; label: string; pauseMs?: number }): Promise<string>;
  /** There after the third look or so. */
  look(input: { key: string; label: string }): Promise<string>;
}

/** A killed worker is noticed after two seconds here, so that fifty of them are killed in a minute. */
const effect = activities<EffectActivities>('effect', { ...QUICK, heartbeatTimeout: '2s' });

export const gauntlet = pipeline({ name: 'gauntlet', continueAfterEvents: 150 }, async (run) => {
  const first = run.task('first', ({ key }) => effect.mark({ key, label: 'first' }));
  const pooled = run.map('pooled', { over: [1, 2, 3, 4], pool: 'narrow', after: [first] }, (n, { key }) =>
    effect.mark({ key, label: `pooled ${n}`, pauseMs: 150 }),
  );
  const seen = run.sensor('seen', { every: '300ms', after: [first] }, (_first, { key }) =>
    effect.look({ key, label: 'seen' }),
  );
  const told = run.signal('told', { after: [first] });
  const slept = run.sleepUntil('slept', { after: 'now', by: '2s' }, { after: [first] });
  const asked = run.approval('asked', {
    after: [seen],
    choices: ['go', 'reject'],
    timeout: '2s',
    default: 'go',
  });
  const turns = run.loop(
    'turns',
    { after: [pooled], until: (turn: number) => turn >= 3, max: 5 },
    async (previous, _pooled, { key }) => {
      const turn = (previous ?? 0) + 1;
      await effect.mark({ key, label: `turn ${turn}` });
      return turn;
    },
  );
  if ((await turns) !== 3) run.skip('a turn was lost');
  const inner = run.child('inner', innerGauntlet, run.key === undefined ? {} : { key: run.key }, {
    after: [turns],
  });
  const last = run.task(
    'last',
    { after: [pooled, seen, told, slept, asked, inner] },
    async (marks, look, word, _time, { choice }, child, { key }) => {
      await effect.mark({ key, label: 'last' });
      return { marks: valuesOf(marks), look, word, choice, child };
    },
  );
  run.finally('closing', (_ending, { key }) => effect.mark({ key, label: 'closing' }));
  return last;
});

export const innerGauntlet = pipeline({ name: 'innerGauntlet' }, (run) => {
  const one = run.task('one', ({ key }) => effect.mark({ key, label: 'one', pauseMs: 200 }));
  return run.task('two', { after: [one] }, (label, { key }) => effect.mark({ key, label: `${label}, two` }));
});
