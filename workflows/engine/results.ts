/** Results of tasks, wherever they stand: here, or in the ledger, from which each is fetched once. */
import type { MemoLedger } from './runtime.ts';
import type { Task } from './task.ts';

export interface Results {
  of(task: Task): Promise<unknown>;
}

export function createResults(ledger: Pick<MemoLedger, 'result'>): Results {
  const fetched = new Map<Task, Promise<unknown>>();
  return {
    of: (task) => {
      const { stored, result } = task.progress;
      if (stored === undefined) return Promise.resolve(result);
      const known = fetched.get(task) ?? ledger.result(stored);
      fetched.set(task, known);
      return known;
    },
  };
}
