/** Stops every way into a pipeline, and opens them again: the store says so to all; its schedules rest meanwhile. */
import type { Pause, Pauses } from '../../activities/ledger/contract.ts';
import { unknownPipeline } from '../runs/list.ts';
import { findSchedule, type FoundSchedule } from '../schedules/find.ts';
import { resumeSchedule } from '../schedules/resume.ts';
import type { ScheduleServices } from '../schedules/services.ts';

export interface PauseServices extends ScheduleServices {
  readonly pauses: Pauses;
}

export interface PausedPipeline {
  /** Its schedules that rest from now on; one that was paused by itself before is not among them. */
  readonly schedules: readonly string[];
  /** Why its schedules could not be reached; what they start is refused all the same. */
  readonly unreached?: string;
}

/** Runs that are open go on. @throws Refusal UnknownPipeline */
export async function pausePipeline(
  services: PauseServices,
  pipeline: string,
  pause: Omit<Pause, 'at'>,
): Promise<PausedPipeline> {
  if (!services.pipelines.has(pipeline)) throw unknownPipeline(services.pipelines, pipeline);
  await services.pauses.pause(pipeline, pause);
  try {
    const resting: string[] = [];
    for (const [name, { handle, description }] of await schedulesOf(services, pipeline)) {
      if (description.state.paused) continue;
      await handle.pause(`${mark(pipeline)}: ${pause.reason}`);
      resting.push(name);
    }
    return { schedules: resting };
  } catch (error) {
    return { schedules: [], unreached: error instanceof Error ? error.message : String(error) };
  }
}

export interface ResumedPipeline {
  /** False where it was not paused. */
  readonly wasPaused: boolean;
  readonly schedules: readonly string[];
  /** IDs of the runs that the schedules catch up on. */
  readonly caughtUp: readonly string[];
}

/** @throws Refusal UnknownPipeline */
export async function resumePipeline(
  services: PauseServices,
  pipeline: string,
  by: string,
): Promise<ResumedPipeline> {
  if (!services.pipelines.has(pipeline)) throw unknownPipeline(services.pipelines, pipeline);
  const wasPaused = await services.pauses.resume(pipeline, { by });
  const schedules: string[] = [];
  const caughtUp: string[] = [];
  for (const [name, { description }] of await schedulesOf(services, pipeline)) {
    const { paused, note = '' } = description.state;
    if (!paused || !note.startsWith(mark(pipeline))) continue;
    caughtUp.push(...(await resumeSchedule(services, name)).caughtUp);
    schedules.push(name);
  }
  return { wasPaused, schedules, caughtUp };
}

async function schedulesOf(
  services: PauseServices,
  pipeline: string,
): Promise<(readonly [string, FoundSchedule])[]> {
  const found: (readonly [string, FoundSchedule])[] = [];
  for (const declared of services.schedules.filter((schedule) => schedule.pipeline === pipeline)) {
    const schedule = await findSchedule(services, declared.name);
    if (schedule !== undefined) found.push([declared.name, schedule]);
  }
  return found;
}

/** By which a schedule that rests with its pipeline is told from one that an operator has paused. */
function mark(pipeline: string): string {
  return `pipeline ${pipeline} is paused`;
}
