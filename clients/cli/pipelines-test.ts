/** `assay pipelines test`: one task by itself. */
import type { Command } from 'commander';

import { testTask } from '../pipelines/test-task.ts';
import type { RunServices } from '../runs/services.ts';
import type { CommandContext } from './command.ts';
import { action, example } from './command.ts';

export function registerPipelineTest(pipelines: Command, context: CommandContext<RunServices>): void {
  interface Options {
    readonly task: string;
    readonly run?: string;
    readonly json?: boolean;
  }
  pipelines
    .command('test')
    .description('one task by itself, on what an earlier run has of those before it; no run, no record')
    .argument('<name>')
    .requiredOption(
      '--task <task>',
      'one that the pipeline’s function creates; it runs for real, and so do its activities',
    )
    .option('--run <id>', 'the earlier run; the newest that is over by default')
    .option('--json', 'print the result with what it was tested on')
    .addHelpText('before', example('assay pipelines test medallion --task silver'))
    .action(
      action(context, async (services, name: string, { task, run, json }: Options) => {
        const { output } = context;
        const { outcome, ...tested } = await testTask(services, name, task, run);
        output.note(`${task} was given what ${tested.run} has of the tasks before it`);
        if (json === true) output.json({ ...tested, ...outcome });
        else if ('result' in outcome) output.json(outcome.result);
        if ('result' in outcome) return 0;
        output.note(`${task} failed: ${outcome.error.type}: ${outcome.error.message}`);
        return 1;
      }),
    );
}
