/** Keeps a schedule from firing; what comes due meanwhile is listed as missed. */
import { knownSchedule } from './find.ts';
import type { ScheduleServices } from './services.ts';

/** @param note why, for whoever finds it paused. @throws Refusal UnknownSchedule */
export async function pauseSchedule(services: ScheduleServices, name: string, note: string): Promise<void> {
  const { handle } = await knownSchedule(services, name);
  await handle.pause(note);
}
