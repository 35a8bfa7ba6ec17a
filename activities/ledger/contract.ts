/** The ledger: claims, memos, records and logs of runs, as objects under `runs/`. */
import type { RunRecord } from '../../workflows/domain/run-record.ts';

export interface RunHolder {
  readonly workflowId: string;
  readonly firstRunId: string;
}

export interface LedgerActivities {
  /**
   * First act of every attempt: params are validated (defaults filled in), the attempt is claimed,
   * the memo of the attempt that it builds on is read.
   * @throws InvalidParams naming every field
   */
  begin(input: BeginInput): Promise<BeginOutput>;
  /** Last act: the record, with start times and tries read from Temporal's own history. Idempotent. */
  close(input: { record: RunRecord }): Promise<void>;
}

export interface BeginInput {
  readonly pipeline: string;
  readonly key?: string;
  /** Fire times that may be taken, one second apart, when the caller did not insist on one. */
  readonly fireTime: string;
  readonly mayBump: boolean;
  readonly attempt: number;
  readonly params: unknown;
  readonly holder: RunHolder;
}

export type BeginOutput =
  | {
      readonly kind: 'claimed';
      readonly run: string;
      readonly fireTime: string;
      readonly params: unknown;
      readonly memo: unknown;
    }
  | { readonly kind: 'duplicate'; readonly run: string; readonly holder: RunHolder };
