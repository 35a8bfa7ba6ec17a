/** Lets a schedule fire again, and runs what its catchup says of the time that it was paused. */
import { dueRuns, startDue } from './catch-up.ts';
import { knownSchedule } from './find.ts';
import type { ScheduleServices } from './services.ts';

/** @returns IDs of the runs that it catches up on, the oldest first. @throws Refusal UnknownSchedule */
export async function resumeSchedule(
  services: ScheduleServices,
  name: string,
): Promise<{ caughtUp: readonly string[] }> {
  const found = await knownSchedule(services, name);
  const due = await dueRuns(services, found);
  if (found.description.state.paused) await found.handle.unpause('resumed');
  return { caughtUp: await startDue(found, due) };
}
