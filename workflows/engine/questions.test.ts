import { describe, expect, test } from 'vitest';
import type { TaskRecord } from '../domain/run-record.ts';
import { Desk } from './desk.ts';
import { Scheduler } from './scheduler.ts';
import type { Runtime } from './runtime.ts';
import type { Task } from './task.ts';

const ANSWER = { task: 'approve', who: 'ann', choice: 'yes' };
const AT = '2026-01-01T00:00:00Z';
const RUN = { id: 'run', attempt: 1 };

function stage(memo: readonly TaskRecord[] = []): { desk: Desk; ask: () => Task } {
  const runtime = {
    shouldContinue: () => false,
    current: () => undefined,
    changed: () => undefined,
    now: () => Date.parse(AT),
  } as unknown as Runtime;
  const scheduler = new Scheduler({ runtime, attemptKey: 'run/1', memo, only: '(nothing)' });
  const desk = new Desk();
  desk.open(scheduler);
  const spec = { name: 'approve', kind: 'approval', upstream: [], when: 'all_success' } as const;
  return {
    desk,
    ask: () => {
      const task = scheduler.add({ ...spec, retries: {}, mayFail: false, body: () => undefined });
      task.progress.state = 'deferred';
      task.progress.question = { choices: ['yes', 'no'], multiple: false, fields: {} };
      return task;
    },
  };
}

describe('the questions of a run', () => {
  test('are listed until they are answered, and take one answer each', async () => {
    const { desk, ask } = stage();
    const task = ask();
    const answered = desk.questions.answered(task);
    expect(desk.questions.list(RUN)).toMatchObject([{ run: 'run', task: 'approve', choices: ['yes', 'no'] }]);
    expect(desk.questions.refusal(ANSWER)).toBeUndefined();
    desk.questions.answer(ANSWER, AT);
    await answered;
    expect(task.progress.arrived).toMatchObject({ choices: ['yes'], by: 'ann', at: AT });
    expect(desk.questions.list(RUN)).toEqual([]);
    expect(desk.questions.refusal({ ...ANSWER, who: 'bob' })).toMatchObject({
      type: 'AlreadyAnswered',
      message: `approve has been answered by ann, at ${AT}`,
    });
  });

  test('that stood open in the history before ask for a moment until the function has come to them', () => {
    const memo: TaskRecord = { name: 'approve', state: 'deferred', tries: 1, after: [], fromMemo: false };
    const { desk, ask } = stage([memo]);
    expect(desk.questions.refusal(ANSWER)).toMatchObject({ type: 'NotReady' });
    void desk.questions.answered(ask());
    expect(desk.questions.refusal(ANSWER)).toBeUndefined();
  });

  test('take what was answered in the history before at once', async () => {
    const { desk, ask } = stage();
    const task = ask();
    task.progress.arrived = { choices: ['no'], by: 'ann', at: AT };
    await desk.questions.answered(task);
    expect(desk.questions.list(RUN)).toEqual([]);
  });

  test('are not ready before the run has been opened', () => {
    expect(new Desk().questions.refusal(ANSWER)).toMatchObject({ type: 'NotReady' });
  });
});
