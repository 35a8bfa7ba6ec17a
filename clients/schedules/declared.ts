/** The declared schedules, once nothing is wrong with any of them. */
import { scheduleProblems, type ScheduleDeclaration } from '../../workflows/domain/calendar/schedule.ts';
import { checkParams } from '../../workflows/domain/params.ts';
import { keyProblem } from '../../workflows/domain/run-key.ts';
import { Refusal } from '../refusal.ts';
import type { ScheduleServices } from './services.ts';

type Declared = Pick<ScheduleServices, 'schedules' | 'pipelines'>;

/** @throws Refusal InvalidSchedules naming every fault of every schedule */
export function declaredSchedules(services: Declared): readonly ScheduleDeclaration[] {
  const problems = [
    ...services.schedules.flatMap((schedule) => faults(schedule, services)),
    ...clashes(services),
  ];
  if (problems.length === 0) return services.schedules;
  throw new Refusal('InvalidSchedules', `the schedules can't be used: ${problems.join('; ')}`, {
    details: problems,
    next: 'correct `schedules` in temporal.config.ts',
  });
}

function faults(schedule: ScheduleDeclaration, { pipelines }: Declared): string[] {
  const pipeline = pipelines.get(schedule.pipeline);
  const own = scheduleProblems(schedule);
  const key = schedule.key === undefined ? undefined : keyProblem(schedule.key);
  if (key !== undefined) own.push(key);
  if (pipeline === undefined) {
    own.push(
      `no pipeline is named ${schedule.pipeline}; known are ${[...pipelines.keys()].join(', ') || 'none'}`,
    );
  }
  const params = pipeline === undefined ? undefined : checkParams(pipeline.params?.(), schedule.params);
  if (params?.ok === false) {
    own.push(
      ...params.problems.map(({ field, given, expected }) => `params.${field}: ${expected}; given: ${given}`),
    );
  }
  return own.map((problem) => `${schedule.name}: ${problem}`);
}

function clashes({ schedules }: Declared): string[] {
  const problems: string[] = [];
  const names = new Set<string>();
  const runs = new Map<string, string>();
  for (const { name, pipeline, key } of schedules) {
    if (names.has(name)) problems.push(`two schedules are named ${name}`);
    names.add(name);
    const run = key === undefined ? pipeline : `${pipeline}.${key}`;
    const other = runs.get(run);
    if (other !== undefined && other !== name) {
      problems.push(
        `${name}: ${other} starts runs of ${run} too, and in one second only one of them could; give one another key`,
      );
    }
    runs.set(run, name);
  }
  return problems;
}
