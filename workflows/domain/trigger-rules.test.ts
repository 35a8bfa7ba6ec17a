import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TaskState } from './run-record.ts';
import { hasEnded, judge, type TriggerRule, type Verdict } from './trigger-rules.ts';

/** s success, f failed, u upstream failed, k skipped, r running. */
const STATES: Readonly<Record<string, TaskState>> = {
  s: 'success',
  f: 'failed',
  u: 'upstream_failed',
  k: 'skipped',
  r: 'running',
};

function expectVerdicts(rule: TriggerRule, cases: Readonly<Record<string, Verdict>>): void {
  for (const [upstream, verdict] of Object.entries(cases)) {
    const states = upstream.split('').map((letter) => STATES[letter] ?? 'scheduled');
    expect([upstream, judge(rule, states)]).toEqual([upstream, verdict]);
  }
}

describe('judge', () => {
  test('runs a task after all successes', () => {
    expectVerdicts('all_success', {
      ss: 'run',
      sr: 'wait',
      kr: 'wait',
      sk: 'skipped',
      fr: 'upstream_failed',
      ku: 'upstream_failed',
    });
  });
  test('runs a task once all have ended', () => {
    expectVerdicts('all_done', { sfuk: 'run', sr: 'wait' });
  });
  test('runs a task once all have failed', () => {
    expectVerdicts('all_failed', { fu: 'run', fr: 'wait', fs: 'skipped', kr: 'skipped' });
  });
  test('runs a task after the first success', () => {
    expectVerdicts('one_success', { sr: 'run', sf: 'run', fr: 'wait', kk: 'skipped', fk: 'upstream_failed' });
  });
  test('runs a task after the first failure', () => {
    expectVerdicts('one_failed', { fr: 'run', us: 'run', sr: 'wait', sk: 'skipped' });
  });
  test('runs a task where none failed', () => {
    expectVerdicts('none_failed', { sk: 'run', kk: 'run', sr: 'wait', fr: 'upstream_failed' });
  });
  test('runs a task where none failed and one succeeded', () => {
    expectVerdicts('none_failed_min_one_success', {
      sk: 'run',
      kk: 'skipped',
      kr: 'wait',
      uk: 'upstream_failed',
    });
  });
  test('runs a task where none was skipped', () => {
    expectVerdicts('none_skipped', { sf: 'run', sr: 'wait', kr: 'skipped' });
  });
  test('runs a task without waiting, and one that comes after nothing', () => {
    expectVerdicts('always', { rr: 'run', f: 'run' });
    expect(judge('all_failed', [])).toBe('run');
  });

  const rule = fc.constantFrom<TriggerRule>(
    'all_success',
    'all_done',
    'all_failed',
    'one_success',
    'one_failed',
    'none_failed',
    'none_failed_min_one_success',
    'none_skipped',
    'always',
  );
  const ended = fc.constantFrom<TaskState>('success', 'failed', 'upstream_failed', 'skipped');

  test('never waits for ever', () => {
    fc.assert(fc.property(rule, fc.array(ended), (name, states) => judge(name, states) !== 'wait'));
  });

  test('stands by its first verdict, in whatever order tasks end', () => {
    const runsEarly = new Set<TriggerRule>(['always', 'one_success', 'one_failed']);
    fc.assert(
      fc.property(rule, fc.array(fc.tuple(ended, fc.boolean())), (name, tasks) => {
        const partly = judge(
          name,
          tasks.map(([state, done]) => (done ? state : 'running')),
        );
        const wholly = judge(
          name,
          tasks.map(([state]) => state),
        );
        return partly === 'wait' || partly === wholly || (partly === 'run' && runsEarly.has(name));
      }),
    );
  });
});

describe('hasEnded', () => {
  test('tells ends from stages', () => {
    expect(hasEnded('skipped')).toBe(true);
    expect(hasEnded('up_for_retry')).toBe(false);
  });
});
