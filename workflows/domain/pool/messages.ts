/** What runs and pools say to each other, and how pools and tickets are named. */

/** One place in a pool's queue: of one try of one task, or of a whole run. */
export interface Ticket {
  /** Unique for its holder: `silver/1`. */
  readonly id: string;
  readonly slots: number;
  /** Higher ones are served first. */
  readonly priority: number;
  /** Milliseconds since 1970, by which those of one priority are served: when it was ready, or a run's fire time. */
  readonly since: number;
}

/** The workflow that asks. Continuing as new, it stays the same. */
export interface PoolHolder {
  readonly workflowId: string;
  readonly firstRunId: string;
}

/** Harmless when it comes twice or late. */
export interface PoolMessage {
  readonly holder: PoolHolder;
  /** Asked for. */
  readonly ask?: readonly Ticket[];
  /** IDs of what is given back, or not wanted any more. */
  readonly back?: readonly string[];
  /** Held. Said with `whole` alone, for a pool that may know nothing of it. */
  readonly held?: readonly Ticket[];
  /** Whatever is neither asked for nor held here is given back. */
  readonly whole?: boolean;
}

/** What a pool is told by one signal. */
export interface PoolTold {
  /** As many slots as the teller's configuration says. */
  readonly declared: number;
  readonly messages: readonly PoolMessage[];
}

/** Tickets whose slots a holder now has. */
export interface Grant {
  readonly holder: PoolHolder;
  readonly tickets: readonly string[];
}

/** Why a ticket will never get its slots. */
export interface Refused {
  readonly id: string;
  readonly type: 'UnknownPool' | 'PoolTooSmall' | 'InvalidSlots';
  readonly message: string;
}

/** The query that a pool answers with all it knows, also after its end; with nothing where it had yet to learn that. */
export const CARRIED_QUERY = 'carried';

/** The signal by which a pool grants. */
export const GRANTED_SIGNAL = 'assayGranted';

export interface Granted extends Grant {
  readonly pool: string;
}

const OF_RUNS = 'runs-';

/** The pool that keeps the runs at work of a pipeline to `maxActiveRuns`. */
export function runsPool(pipeline: string): string {
  return `${OF_RUNS}${pipeline}`;
}

/** The pipeline whose runs are counted, if it is such a pool. */
export function pipelineOfPool(pool: string): string | undefined {
  return pool.startsWith(OF_RUNS) ? pool.slice(OF_RUNS.length) : undefined;
}

/** Installations that share a namespace differ by the suffix of their queues, and have pools of their own. */
export function poolWorkflowId(pool: string, taskQueue: string): string {
  return `pool-${pool}${taskQueue.replace(/^control/, '')}`;
}
