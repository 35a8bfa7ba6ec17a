/** Deadlines of runs that can't speak for themselves: because they never started, or have ended without success. */
import type { Timetable } from '../../workflows/domain/calendar/timetable.ts';

export interface DeadlineActivities {
  /**
   * Holds every deadline that went by since the last look against the ledger, and posts a notice for each that no
   * success has kept. Repeating it is harmless: a run misses a deadline once.
   */
  look(): Promise<Looked>;
}

export interface Looked {
  /** RFC 3339: deadlines in (after, until] were looked at. */
  readonly after: string;
  readonly until: string;
  /** Keys of the notices that were posted now. */
  readonly posted: readonly string[];
}

/** A schedule as it stands on the server, where runs of it are expected. */
export interface ExpectedSchedule {
  readonly pipeline: string;
  readonly key?: string;
  readonly timetable: Timetable;
  /** RFC 3339: no interval begins before `start`, none ends after `end`. */
  readonly start?: string;
  readonly end?: string;
  /** RFC 3339: what was due before is nobody's. */
  readonly since: string;
}
