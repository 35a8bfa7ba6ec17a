/** `assay schedules …`: what starts by itself, and when; declared in `temporal.config.ts`. */
import type { Command } from 'commander';

import { applySchedules } from '../schedules/apply.ts';
import { listSchedules } from '../schedules/list.ts';
import { pauseSchedule } from '../schedules/pause.ts';
import { planSchedules, type PlannedSchedule } from '../schedules/plan.ts';
import { resumeSchedule } from '../schedules/resume.ts';
import type { ScheduleServices } from '../schedules/services.ts';
import { triggerSchedule } from '../schedules/trigger.ts';
import type { CommandContext } from './command.ts';
import { action, example } from './command.ts';
import { missedLines, planLines, scheduleRow } from './schedule-view.ts';

type Context = CommandContext<ScheduleServices>;

interface Json {
  readonly json?: boolean;
}

export function registerSchedules(program: Command, context: Context): void {
  const schedules = program
    .command('schedules')
    .description('what starts by itself, and when')
    .addHelpText('before', example('assay schedules plan'));
  registerPlan(schedules, context);
  registerApply(schedules, context);
  registerList(schedules, context);
  registerPause(schedules, context);
  registerResume(schedules, context);
  registerTrigger(schedules, context);
}

function registerPlan(schedules: Command, context: Context): void {
  schedules
    .command('plan')
    .description('what apply would change on the server')
    .option('--json', 'print JSON')
    .addHelpText('before', example('assay schedules plan'))
    .action(
      action(context, async (services, { json }: Json) => {
        print(context, await planSchedules(services), json === true);
        return 0;
      }),
    );
}

function registerApply(schedules: Command, context: Context): void {
  schedules
    .command('apply')
    .description('make the server have what temporal.config.ts declares, and remove what it no longer does')
    .option('--json', 'print JSON')
    .addHelpText('before', example('assay schedules apply'))
    .action(
      action(context, async (services, { json }: Json) => {
        print(context, await applySchedules(services), json === true);
        return 0;
      }),
    );
}

function registerList(schedules: Command, context: Context): void {
  schedules
    .command('list')
    .description('schedules with their next fire times, and the intervals that they missed')
    .option('--json', 'print JSON')
    .addHelpText('before', example('assay schedules list'))
    .action(
      action(context, async (services, { json }: Json) => {
        const { output } = context;
        const listed = await listSchedules(services);
        if (json === true) {
          output.json(listed);
          return 0;
        }
        output.table(['SCHEDULE', 'PIPELINE', 'FIRES', 'STATE', 'NEXT', 'MISSED'], listed.map(scheduleRow));
        for (const line of listed.flatMap(missedLines)) output.line(line);
        const names = new Set(listed.map(({ name }) => name));
        const missing = services.schedules.filter(({ name }) => !names.has(name));
        if (missing.length > 0) {
          output.note(`not on the server yet: ${missing.map(({ name }) => name).join(', ')}`);
          output.note('next: assay schedules apply');
        }
        return 0;
      }),
    );
}

function registerPause(schedules: Command, context: Context): void {
  schedules
    .command('pause')
    .description('keep a schedule from firing; what comes due meanwhile is listed as missed')
    .argument('<name>')
    .option('--reason <text>', 'for whoever finds it paused', 'paused by hand')
    .option('--json', 'print JSON')
    .addHelpText(
      'before',
      example('assay schedules pause readmission-monthly --reason "the source is being moved"'),
    )
    .action(
      action(context, async (services, name: string, { reason, json }: Json & { reason: string }) => {
        await pauseSchedule(services, name, reason);
        if (json === true) context.output.json({ name, paused: true, reason });
        else context.output.line(`${name} is paused; to let it fire again: assay schedules resume ${name}`);
        return 0;
      }),
    );
}

function registerResume(schedules: Command, context: Context): void {
  schedules
    .command('resume')
    .description('let a schedule fire again, and run what it missed as far as its catchup goes')
    .argument('<name>')
    .option('--json', 'print JSON')
    .addHelpText('before', example('assay schedules resume readmission-monthly'))
    .action(
      action(context, async (services, name: string, { json }: Json) => {
        const { caughtUp } = await resumeSchedule(services, name);
        const { output } = context;
        if (json === true) output.json({ name, paused: false, caughtUp });
        else {
          output.line(`${name} fires again`);
          for (const run of caughtUp) output.line(`catching up: ${run}`);
        }
        return 0;
      }),
    );
}

function registerTrigger(schedules: Command, context: Context): void {
  schedules
    .command('trigger')
    .description('start a run now, for the last complete interval; its ID is printed')
    .argument('<name>')
    .option('--json', 'print JSON')
    .addHelpText('before', example('assay schedules trigger readmission-monthly'))
    .action(
      action(context, async (services, name: string, { json }: Json) => {
        const started = await triggerSchedule(services, name, 'cli');
        if (json === true) context.output.json(started);
        else context.output.line(started.run);
        return 0;
      }),
    );
}

function print({ output }: Context, planned: readonly PlannedSchedule[], json: boolean): void {
  if (json) output.json(planned.map(({ name, change, differences }) => ({ name, change, differences })));
  else for (const line of planLines(planned, output.paint)) output.line(line);
}
