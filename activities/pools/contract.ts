/** Between runs and pools: what runs say is carried to the pool's workflow, what it grants to the runs'. */
import type { RunHeader } from '../../workflows/domain/run-header.ts';
import type { CarriedPool } from '../../workflows/domain/pool/pool.ts';
import type { Grant, PoolHolder, PoolMessage, Refused } from '../../workflows/domain/pool/messages.ts';

export interface PoolActivities {
  /** Starts the pool's workflow where there is none. What can never be granted is refused and not passed on. */
  tell(input: {
    pool: string;
    message: PoolMessage;
    from?: RunHeader;
  }): Promise<{ refused: readonly Refused[] }>;
  /** @returns holders that are no more: theirs is to be given to others */
  deliver(input: { pool: string; grants: readonly Grant[] }): Promise<{ gone: readonly PoolHolder[] }>;
  /**
   * What a pool knew that had this ID before and was cut off; `null` where there was none.
   * @throws PoolNotRecalled while there was one and it can't be asked
   */
  recall(input: RecallInput): Promise<CarriedPool | null>;
  /** @returns those of the holders that are no more: ended, terminated, timed out, or forgotten by Temporal */
  lookUp(input: { holders: readonly PoolHolder[] }): Promise<{ gone: readonly PoolHolder[] }>;
}

/** The pool that asks. */
export interface RecallInput {
  readonly workflowId: string;
  readonly runId: string;
  /** Histories that it has had before are not what was there before it. */
  readonly firstRunId?: string;
  /** It has found one before: if Temporal has none any more, that has been forgotten. */
  readonly wasThere?: boolean;
}
