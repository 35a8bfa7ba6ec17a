/** `assay runs logs`: what the tries of a run's tasks have said. */
import type { Command } from 'commander';

import type { LoggedLine } from '../../activities/ledger/contract.ts';
import { runLogs } from '../runs/logs.ts';
import type { RunServices } from '../runs/services.ts';
import { positiveInteger } from './arguments.ts';
import type { CommandContext } from './command.ts';
import { action, example } from './command.ts';
import type { Colour, Output } from './output.ts';

interface Options {
  readonly try?: number;
  readonly attempt?: number;
  readonly follow?: boolean;
  readonly json?: boolean;
}

const COLOURS: Readonly<Record<LoggedLine['level'], Colour | undefined>> = {
  info: undefined,
  warn: 'yellow',
  error: 'red',
};

export function registerLogs(runs: Command, context: CommandContext<RunServices>): void {
  runs
    .command('logs')
    .description('the log of each try of each task, while it runs and after')
    .argument('<id>')
    .argument('[task]', 'name, or name[index] for an item of a map')
    .option('--try <n>', 'one try only', positiveInteger)
    .option('--attempt <n>', 'another attempt than the newest', positiveInteger)
    .option('--follow', 'go on until the run is over')
    .option('--json', 'a JSON document for each line')
    .addHelpText('before', example('assay runs logs medallion-2026-02-01T00:00:00Z silver --try 2'))
    .action(
      action(context, async (services, run: string, task: string | undefined, options: Options) => {
        const { output } = context;
        const { json, ...rest } = options;
        let count = 0;
        for await (const line of runLogs(services, run, {
          ...rest,
          ...(task === undefined ? {} : { task }),
        })) {
          count += 1;
          output.line(json === true ? JSON.stringify(line) : text(line, output));
        }
        if (count === 0) {
          output.note(
            'no log: none is left by what says nothing and succeeds, and by tasks that ask for no activity',
          );
          output.note(`  next: assay runs show ${run}`);
        }
        return 0;
      }),
    );
}

function text(line: LoggedLine, output: Output): string {
  const { stack, ...fields } = line.fields ?? {};
  const extra = Object.entries(fields).map(([name, value]) => ` ${name}=${JSON.stringify(value)}`);
  const head = `${line.at}  ${line.task} try ${line.try}  ${line.activity}  ${line.message}${extra.join('')}`;
  const painted = output.paint(head, COLOURS[line.level]);
  return typeof stack === 'string' ? `${painted}\n${output.paint(indented(stack), 'dim')}` : painted;
}

function indented(stack: string): string {
  return stack
    .split('\n')
    .map((line) => `    ${line.trim()}`)
    .join('\n');
}
