/** Activity profiles: timeouts, heartbeats and infrastructure retries, by the weight of the work. Tasks retry on top of them. */
import type { ActivityOptions } from '@temporalio/workflow';

export interface Profile extends ActivityOptions {
  /** The kind of worker that serves it. */
  readonly queue: 'control' | 'data' | 'training';
}

/** Registry, ledger, small decisions: on the control worker, eagerly dispatched. */
export const QUICK: Profile = {
  queue: 'control',
  startToCloseTimeout: '30s',
  /** Seldom does one live to its first heartbeat; it is for a killed worker, which would cost its runs 30 s. */
  heartbeatTimeout: '8s',
  /** A small write is rather let finish than waited for. */
  cancellationType: 'TRY_CANCEL',
  retry: { initialInterval: '200ms', maximumInterval: '10s', maximumAttempts: 10 },
};

/** Waits for what another workflow does, however long that takes. */
export const PATIENT: Profile = {
  queue: 'control',
  startToCloseTimeout: '2d',
  heartbeatTimeout: '8s',
  cancellationType: 'TRY_CANCEL',
  retry: { initialInterval: '500ms', maximumInterval: '30s' },
};

/** DuckDB over a month or over everything. */
export const QUERY: Profile = {
  queue: 'data',
  startToCloseTimeout: '1h',
  heartbeatTimeout: '8s',
  /** What comes after a cancellation must not overlap with what is still writing. */
  cancellationType: 'WAIT_CANCELLATION_COMPLETED',
  retry: { initialInterval: '500ms', maximumInterval: '30s', maximumAttempts: 10 },
};

/** Local training, evaluation, conversion. */
export const TRAINING: Profile = {
  queue: 'training',
  startToCloseTimeout: '6h',
  heartbeatTimeout: '8s',
  /** What comes after a cancellation must not overlap with what is still writing. */
  cancellationType: 'WAIT_CANCELLATION_COMPLETED',
  retry: { initialInterval: '500ms', maximumInterval: '30s', maximumAttempts: 10 },
};
