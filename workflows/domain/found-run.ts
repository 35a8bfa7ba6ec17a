/** Another run that one waits for, and what came of it. */
import type { RunState } from './run-record.ts';

export interface WantedRun {
  readonly pipeline: string;
  readonly key?: string;
  /** RFC 3339; the run of an interval is that of its end. */
  readonly fireTime: string;
  /** Ends that are good. */
  readonly states: readonly RunState[];
  /** What any other end means: that it never will be, or that somebody may yet run it again. */
  readonly otherwise: 'fail' | 'wait';
}

export interface FoundRun {
  readonly run: string;
  readonly attempt: number;
  readonly state: RunState;
  readonly endedAt?: string;
  /** What its function returned. */
  readonly result?: unknown;
}
