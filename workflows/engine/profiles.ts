/** Activity profiles: timeouts, heartbeats and infrastructure retries, by the weight of the work. */
import type { ActivityOptions } from '@temporalio/workflow';
import type { Retries } from '../domain/retry.ts';

export interface Profile extends ActivityOptions {
  /** The kind of worker that serves it. */
  readonly queue: 'control' | 'data' | 'training';
}

/**
 * What our own pipelines grant each task: faults that nobody marked as permanent (a training process that the system
 * killed, a full disk) may be gone the next time. The profiles' policies below are for the infrastructure alone.
 */
export const FORGIVING = {
  attempts: 4,
  delay: '1s',
  maxDelay: '30s',
  jitter: 0.2,
} as const satisfies Retries;

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

/**
 * Looks at what goes on outside, again and again: between two looks it holds no worker and adds nothing to the
 * history. Whoever looks says by `NotYet` when to look again; faults of the infrastructure wait a little longer.
 */
export const POLLED: Profile = {
  queue: 'control',
  startToCloseTimeout: '1m',
  heartbeatTimeout: '8s',
  cancellationType: 'TRY_CANCEL',
  retry: { initialInterval: '5s', maximumInterval: '1m' },
};
