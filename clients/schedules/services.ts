/** What the functions on schedules work with. */
import type { ScheduleDeclaration } from '../../workflows/domain/calendar/schedule.ts';
import type { RunServices } from '../runs/services.ts';

export interface ScheduleServices extends RunServices {
  /** What `temporal.config.ts` declares. */
  readonly schedules: readonly ScheduleDeclaration[];
}
