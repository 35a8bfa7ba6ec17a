/** `assay pipelines pause` and `resume`: nothing starts a paused pipeline; what runs goes on. */
import type { Command } from 'commander';

import { pausePipeline, resumePipeline, type PauseServices } from '../pipelines/pause.ts';
import type { CommandContext } from './command.ts';
import { action, example } from './command.ts';

type Context = CommandContext<PauseServices>;

const BY = 'cli';

export function registerPipelinePause(pipelines: Command, context: Context): void {
  registerPause(pipelines, context);
  registerResume(pipelines, context);
}

function registerPause(pipelines: Command, context: Context): void {
  interface Options {
    readonly reason: string;
    readonly json?: boolean;
  }
  pipelines
    .command('pause')
    .description(
      'keep a pipeline from being started, by schedules, people, backfills and assets; open runs go on',
    )
    .argument('<name>')
    .option('--reason <text>', 'for whoever finds it paused', 'paused by hand')
    .option('--json', 'print JSON')
    .addHelpText('before', example('assay pipelines pause medallion --reason "the source is being moved"'))
    .action(
      action(context, async (services, name: string, { reason, json }: Options) => {
        const { output } = context;
        const { schedules, unreached } = await pausePipeline(services, name, { by: BY, reason });
        if (json === true) output.json({ name, paused: true, reason, schedules });
        else {
          output.line(`${name} is paused; to let it start again: assay pipelines resume ${name}`);
          for (const schedule of schedules) output.line(`its schedule ${schedule} rests`);
        }
        if (unreached !== undefined) {
          output.note(`note: its schedules could not be paused; what they start is refused (${unreached})`);
        }
        return 0;
      }),
    );
}

function registerResume(pipelines: Command, context: Context): void {
  pipelines
    .command('resume')
    .description('let a paused pipeline be started again; its schedules catch up as far as they are to')
    .argument('<name>')
    .option('--json', 'print JSON')
    .addHelpText('before', example('assay pipelines resume medallion'))
    .action(
      action(context, async (services, name: string, { json }: { json?: boolean }) => {
        const { output } = context;
        const { wasPaused, schedules, caughtUp } = await resumePipeline(services, name, BY);
        if (json === true) output.json({ name, paused: false, wasPaused, schedules, caughtUp });
        else {
          output.line(wasPaused ? `${name} may be started again` : `${name} was not paused`);
          for (const schedule of schedules) output.line(`its schedule ${schedule} fires again`);
          for (const run of caughtUp) output.line(`catching up: ${run}`);
        }
        return 0;
      }),
    );
}
