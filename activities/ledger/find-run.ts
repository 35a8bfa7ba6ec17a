/** Another run, for one that waits for it. */
import { ApplicationFailure } from '@temporalio/common';

import type { FoundRun, WantedRun } from '../../workflows/domain/found-run.ts';
import { formatRunId } from '../../workflows/domain/run-id.ts';
import { notYet } from '../not-yet.ts';
import type { Ledger } from './contract.ts';

export async function findRun(
  ledger: Pick<Ledger, 'attempts' | 'record'>,
  { states, otherwise, ...identity }: WantedRun,
): Promise<FoundRun> {
  const run = formatRunId(identity);
  const attempt = (await ledger.attempts(run)).at(-1);
  if (attempt === undefined) throw notYet(`${run} has not been started`);
  const record = await ledger.record(run, attempt);
  if (record === undefined) throw notYet(`attempt ${attempt} of ${run} is under way`);
  const { state, endedAt, result } = record;
  if (states.includes(state)) {
    return {
      run,
      attempt,
      state,
      ...(endedAt !== undefined && { endedAt }),
      ...(result !== undefined && { result }),
    };
  }
  const message = `attempt ${attempt} of ${run} is over: ${state}`;
  if (otherwise === 'wait') throw notYet(`${message}, until it is run again`);
  throw ApplicationFailure.nonRetryable(
    `${message}; what waits for it wants ${states.join(' or ')}. Mend it: assay runs rerun ${run} --only-failed`,
    'AwaitedRunFailed',
    { run, attempt, state, next: `assay runs rerun ${run} --only-failed` },
  );
}
