/** Makes the server's schedules those that are declared. Done twice, the second time changes nothing. */
import { ScheduleAlreadyRunning } from '@temporalio/client';
import { Refusal } from '../refusal.ts';
import { catchUp } from './catch-up.ts';
import { knownSchedule, mark, unlessUnknown } from './find.ts';
import { planSchedules, type PlannedSchedule } from './plan.ts';
import { toOptions, type ServerForm } from './server-form.ts';
import type { ScheduleServices } from './services.ts';

/** @returns what was changed, and what was found to be right. @throws Refusal as `planSchedules` */
export async function applySchedules(services: ScheduleServices): Promise<PlannedSchedule[]> {
  const planned = await planSchedules(services);
  for (const one of planned) await apply(services, one);
  return planned;
}

async function apply(
  services: ScheduleServices,
  { name, change, form, paused }: PlannedSchedule,
): Promise<void> {
  const handle = (await services.client()).schedule.getHandle(name);
  if (form === undefined) {
    await handle.delete().catch(unlessUnknown);
  } else if (change === 'create') {
    await create(services, name, form, paused ?? false);
    await catchUp(services, await knownSchedule(services, name));
  } else if (change === 'update') {
    // Whether it is paused is for `pause` and `resume` to say.
    await handle.update(({ state }) => ({ ...toOptions(form), state }));
  }
}

async function create(
  services: ScheduleServices,
  name: string,
  form: ServerForm,
  paused: boolean,
): Promise<void> {
  const client = await services.client();
  try {
    await client.schedule.create({
      scheduleId: name,
      ...toOptions(form),
      memo: mark(services),
      state: paused ? { paused, note: 'declared as paused' } : {},
    });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    // Somebody was faster. If it was another `apply`, all is well.
    await knownSchedule(services, name);
    throw new Refusal('AppliedMeanwhile', `${name} has been made by somebody else at the same moment`, {
      next: 'assay schedules apply',
    });
  }
}
