/** What runs must know of those before and after them. */
import type { Past, RunPosition } from '../../workflows/domain/order.ts';

export interface OrderActivities {
  /**
   * Returns when the interval before has its success, or is over: its run, or one task of it. At once where there is
   * none before: the first interval of a schedule, a run without an interval, one that nobody ever started.
   * @throws NotYet while it has to be waited for
   */
  awaitPast(input: AwaitedPast): Promise<PastFound>;
  /** Whether no later interval is due now. */
  isLatest(input: RunPosition): Promise<boolean>;
}

export interface AwaitedPast extends RunPosition {
  readonly past: Past;
  /** A task's name; by default the run as a whole. */
  readonly task?: string;
  /** The run that waits, where it has not begun. */
  readonly waiting?: { readonly run: string; readonly attempt: number };
}

export interface PastFound {
  /** Absent where nothing comes before. */
  readonly run?: string;
}
