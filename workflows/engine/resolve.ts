/** The update `resolve`: what an operator decides about a held task. What makes no sense is refused and leaves no event. */
import { ApplicationFailure, defineUpdate, setHandler } from '@temporalio/workflow';
import { problemsOf, RESOLVE_UPDATE, type Resolution } from '../domain/resolution.ts';
import type { Holds } from './holds.ts';
import { checkedResult } from './result-size.ts';

const resolve = defineUpdate<{ task: string; action: string }, [Resolution]>(RESOLVE_UPDATE);

export function acceptResolutions(holds: Holds | undefined): void {
  setHandler(
    resolve,
    (resolution) => {
      holds?.decide(resolution);
      return { task: resolution.task, action: resolution.action };
    },
    { validator: (given) => refuse(whyNot(holds, given)) },
  );
}

function whyNot(holds: Holds | undefined, given: Resolution): string | undefined {
  const problems = problemsOf(given);
  if (problems.length > 0) return `this decides nothing: ${problems.join('; ')}`;
  if (holds === undefined) return `failures of this pipeline are not held: it has no onFailure: 'hold'`;
  const waiting = holds.waiting();
  if (!waiting.includes(given.task))
    return `${given.task} is not held; held are: ${waiting.join(', ') || 'none'}`;
  const result = checkedResult(given.task, given.value);
  return result.ok ? undefined : result.error.message;
}

function refuse(why: string | undefined): void {
  if (why !== undefined) throw ApplicationFailure.nonRetryable(why, 'NotResolved');
}
