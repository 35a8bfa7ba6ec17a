/** Starting runs, as activities know it: whoever starts a run by an activity starts it as a client does. */
import type { RunInput } from '../workflows/domain/run-input.ts';

/** Starts the workflow of an attempt under the run's own ID; false where one is open. */
export type StartRun = (start: {
  readonly pipeline: string;
  readonly run: string;
  readonly input: RunInput & { readonly fireTime: string };
  /** Of its tasks at the workers, from 1 (soonest) to 5; 3 by default. */
  readonly priority?: number;
}) => Promise<boolean>;
