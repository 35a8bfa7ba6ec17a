import { describe, expect, it } from 'vitest';

import type { TaskRecord } from '../run-record.ts';
import { choose, type Standing } from './choice.ts';
import type { Reprocess } from './plan.ts';

const tasks: TaskRecord[] = [
  { name: 'bronze', state: 'success', tries: 1, after: [], fromMemo: false },
  { name: 'silver', state: 'failed', tries: 1, after: ['bronze'], fromMemo: false },
];
const missing: Standing = { kind: 'missing' };
const open: Standing = { kind: 'open', attempt: 2 };
const success: Standing = { kind: 'ended', attempt: 3, state: 'success', tasks };
const failed: Standing = { kind: 'ended', attempt: 3, state: 'failed', tasks };

describe('choose', () => {
  it.each<[Reprocess, Standing, unknown]>([
    ['missing', missing, { kind: 'run', attempt: 1 }],
    ['failed', missing, { kind: 'run', attempt: 1 }],
    ['all', missing, { kind: 'run', attempt: 1 }],
    ['missing', open, { kind: 'leave', why: 'open' }],
    ['failed', open, { kind: 'leave', why: 'open' }],
    ['all', open, { kind: 'leave', why: 'open' }],
    ['missing', failed, { kind: 'leave', why: 'done' }],
    ['failed', failed, { kind: 'run', attempt: 4, rerun: { onlyFailed: true } }],
    ['all', failed, { kind: 'run', attempt: 4 }],
    ['missing', success, { kind: 'leave', why: 'done' }],
    ['failed', success, { kind: 'leave', why: 'done' }],
    ['all', success, { kind: 'run', attempt: 4 }],
  ])('reprocessing %s, finds for %o that %o is to be done', (reprocess, standing, choice) => {
    expect(choose({ reprocess }, standing)).toEqual(choice);
  });

  it.each(['cancelled', 'terminated', 'timed_out'] as const)('takes %s for no success', (state) => {
    const standing: Standing = { kind: 'ended', attempt: 1, state, tasks };
    expect(choose({ reprocess: 'failed' }, standing)).toMatchObject({ kind: 'run', attempt: 2 });
  });

  it('runs the tasks asked for where they have been, and leaves runs that have none such', () => {
    const picked = { reprocess: 'all', tasks: ['silver'] } as const;
    expect(choose(picked, success)).toEqual({ kind: 'run', attempt: 4, rerun: { from: ['silver'] } });
    const other = { reprocess: 'all', tasks: ['gold'] } as const;
    expect(choose(other, success)).toEqual({ kind: 'leave', why: 'unknownTasks' });
    expect(choose(picked, missing)).toEqual({ kind: 'run', attempt: 1 });
  });
});
