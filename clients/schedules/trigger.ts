/**
 * Starts a run of a schedule now, for its last complete interval. Temporal's own trigger names runs by the second, and
 * of several in one second starts only the first; this one takes the next free second.
 */
import { triggerRun } from '../runs/trigger.ts';
import { knownSchedule } from './find.ts';
import { intactForm } from './server-form.ts';
import type { ScheduleServices } from './services.ts';

/** @throws Refusal UnknownSchedule, InvalidParams */
export async function triggerSchedule(
  services: ScheduleServices,
  name: string,
  startedBy: string,
): Promise<{ run: string }> {
  const { description } = await knownSchedule(services, name);
  const { pipeline, input } = intactForm(description);
  return triggerRun(services, pipeline, { ...input, startedBy });
}
