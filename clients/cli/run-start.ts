/** `assay runs trigger`: a first attempt. */
import { Option } from 'commander';
import type { Command } from 'commander';

import type { Interval } from '../../workflows/domain/interval.ts';
import type { RunServices } from '../runs/services.ts';
import { triggerRun } from '../runs/trigger.ts';
import { interval, jsonArgument } from './arguments.ts';
import type { CommandContext } from './command.ts';
import { action, example } from './command.ts';
import type { ExitCode } from './failure.ts';
import { watchToEnd } from './run-watch.ts';

type Context = CommandContext<RunServices>;

export const STARTED_BY = 'cli';

export function registerTrigger(runs: Command, context: Context): void {
  interface Options {
    readonly params?: string;
    readonly key?: string;
    readonly interval?: Interval;
    readonly watch?: boolean;
    readonly json?: boolean;
  }
  runs
    .command('trigger')
    .description('start a run; its ID is printed')
    .argument('<pipeline>')
    .option('--params <json>', 'JSON, or @FILE that holds it')
    .option('--key <key>', 'the project or partition that the run is for')
    .addOption(new Option('--interval <start/end>', 'the time that the run is for').argParser(interval))
    .option('--watch', 'stay until it is over; exit 1 unless it succeeds')
    .option('--json', 'print JSON')
    .addHelpText(
      'before',
      example(`assay runs trigger medallion --params '{"project":"readmission"}' --watch`),
    )
    .action(
      action(context, async (services, pipeline: string, options: Options) => {
        const { run } = await triggerRun(services, pipeline, {
          startedBy: STARTED_BY,
          ...(options.params === undefined ? {} : { params: await jsonArgument(options.params) }),
          ...(options.key === undefined ? {} : { key: options.key }),
          ...(options.interval === undefined ? {} : { interval: options.interval }),
        });
        return started(context, services, { run, attempt: 1 }, options);
      }),
    );
}

export async function started(
  { output }: Context,
  services: RunServices,
  run: { run: string; attempt: number },
  options: { readonly watch?: boolean; readonly json?: boolean },
): Promise<ExitCode> {
  if (options.watch === true) {
    output.note(run.run);
    return watchToEnd(output, services, run.run, { ...run, json: options.json === true });
  }
  if (options.json === true) output.json(run);
  else output.line(run.run);
  return 0;
}
