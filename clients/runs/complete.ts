/** Starts a run and stays until it is over. */
import type { RunRecord } from '../../workflows/domain/run-record.ts';
import { Refusal } from '../refusal.ts';
import type { RunServices } from './services.ts';
import { triggerRun, type TriggerOptions } from './trigger.ts';
import { watchRun } from './watch.ts';

/** Milliseconds between two looks: short against a task, long against a look. */
const LOOK_EVERY = 250;

/** However it ended: the record says. @throws Refusal as `triggerRun` does */
export async function completeRun(
  services: RunServices,
  pipeline: string,
  options: TriggerOptions,
): Promise<RunRecord> {
  const { run } = await triggerRun(services, pipeline, options);
  for await (const { record } of watchRun(services, run, { every: LOOK_EVERY })) {
    if (record.state !== 'running') return record;
  }
  throw new Refusal('RunLost', `${run} is nowhere to be found`, { next: 'assay runs list' });
}
