import { describe, expect, it } from 'vitest';

import { deadlineKey, dueAt, type Deadline } from './deadline.ts';
import { channelsFor, subscriptionsOf } from './notice.ts';
import { deadlineMissed, questionAsked, runFailed, taskRetries } from './wording.ts';

const told = { run: 'medallion-2026-02-01T00:00:00Z', pipeline: 'medallion', attempt: 2 };
const AT = '2026-02-01T00:10:00.000Z';

describe('subscriptionsOf', () => {
  const environment = [{ on: ['failure', 'deadline'], to: ['oncall'] }] as const;

  it('sends the events that a pipeline names where it says, and the others where the environment says', () => {
    const merged = subscriptionsOf({ on: ['failure', 'retry'], to: ['team'] }, environment);
    expect(channelsFor(merged, 'failure')).toEqual(['team']);
    expect(channelsFor(merged, 'retry')).toEqual(['team']);
    expect(channelsFor(merged, 'deadline')).toEqual(['oncall']);
    expect(channelsFor(merged, 'success')).toEqual([]);
  });

  it('leaves nothing of an environment whose every event the pipeline names', () => {
    expect(subscriptionsOf([{ on: ['failure', 'deadline'], to: [] }], environment)).toEqual([]);
  });

  it('names a channel once, however many subscriptions lead there', () => {
    const twice = [
      { on: ['failure'], to: ['a', 'b'] },
      { on: ['failure'], to: ['b'] },
    ] as const;
    expect(channelsFor(twice, 'failure')).toEqual(['a', 'b']);
  });
});

describe('dueAt', () => {
  const base = {
    interval: { start: '2026-01-31T00:00:00Z', end: '2026-02-01T00:00:00Z' },
    fireTime: '2026-02-01T06:00:00Z',
    startedAt: '2026-02-01T07:30:00Z',
  };

  it.each([
    ['interval-end', '2026-02-01T02:00:00.000Z'],
    ['fire-time', '2026-02-01T08:00:00.000Z'],
    ['start', '2026-02-01T09:30:00.000Z'],
  ] as const)('counts two hours from the %s', (after, due) => {
    expect(dueAt({ after, within: '2h' }, base)).toBe(due);
  });

  it('knows no due time by the start of what has not started', () => {
    const { startedAt: _startedAt, ...notStarted } = base;
    expect(dueAt({ after: 'start', within: '2h' }, notStarted)).toBeUndefined();
  });
});

describe('deadlineKey', () => {
  it('is the same for the same length of time in other words, and for no other deadline', () => {
    const deadlines: Deadline[] = [
      { after: 'start', within: '2h' },
      { after: 'start', within: '120m' },
      { after: 'start', within: '2h', task: 'silver' },
      { after: 'fire-time', within: '2h' },
      { after: 'start', within: '3h' },
    ];
    expect(new Set(deadlines.map((deadline) => deadlineKey(told.run, deadline))).size).toBe(4);
  });
});

describe('notices in words', () => {
  it('say what failed, why, where more stands and what to do', () => {
    const error = { type: 'ContractFailed', message: 'age is null in 3 rows' };
    expect(runFailed(told, AT, [{ task: 'silver', error }])).toEqual({
      key: 'medallion-2026-02-01T00:00:00Z/2/failure',
      event: 'failure',
      at: AT,
      pipeline: 'medallion',
      run: told.run,
      attempt: 2,
      title: 'medallion-2026-02-01T00:00:00Z failed',
      text: [
        'Attempt 2 of medallion-2026-02-01T00:00:00Z failed:',
        '- silver: ContractFailed: age is null in 3 rows',
        'More: assay runs show medallion-2026-02-01T00:00:00Z',
        'When the cause is mended: assay runs rerun medallion-2026-02-01T00:00:00Z --only-failed',
      ].join('\n'),
    });
  });

  it('say who is asked what, until when, and how to answer', () => {
    const asked = { run: 'r', attempt: 1, task: 'approve', since: AT, multiple: false, fields: {} };
    const question = { ...asked, until: '2026-01-08', message: 'Shall we?', choices: ['yes', 'no'] };
    const notice = questionAsked(
      { run: 'r', pipeline: 'p', attempt: 1 },
      { ...question, assignees: ['ann'] },
    );
    expect(notice).toMatchObject({ key: 'r/1/approve/approval', title: 'r: approve waits for ann' });
    expect(notice.text).toBe(
      'Shall we?\nTo choose from: yes, no. Until 2026-01-08.\nAnswer: assay approvals answer r approve CHOICE',
    );
  });

  it('cut a cause that is longer than anybody reads', () => {
    const error = { type: 'Error', message: 'x'.repeat(10_000) };
    expect(runFailed(told, AT, [{ task: 'silver', error }]).text.length).toBeLessThan(1000);
  });

  it('differ in their keys by the try that failed', () => {
    const error = { type: 'Busy', message: 'later' };
    const keys = [1, 2].map(
      (tries) => taskRetries(told, AT, { task: 'silver', tries, error, retryAt: AT }).key,
    );
    expect(new Set(keys).size).toBe(2);
  });

  it('say by when something should have succeeded, and how it stands', () => {
    const deadline: Deadline = { after: 'interval-end', within: '2h', task: 'silver' };
    const { text, title } = deadlineMissed(told, { deadline, dueAt: AT }, 'it has not started yet');
    expect(title).toBe('silver of medallion-2026-02-01T00:00:00Z is late');
    expect(text).toContain(`by ${AT}, within 2 h 0 min of its interval's end: it has not started yet.`);
  });
});
