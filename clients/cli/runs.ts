/** `assay runs …`: start, see, stop and repeat runs. */
import type { Command } from 'commander';

import { cancelRun } from '../runs/cancel.ts';
import { listRuns } from '../runs/list.ts';
import { taskResult } from '../runs/result.ts';
import type { RunServices } from '../runs/services.ts';
import { showRun } from '../runs/show.ts';
import { positiveInteger } from './arguments.ts';
import type { CommandContext } from './command.ts';
import { action, example } from './command.ts';
import { registerLogs } from './run-logs.ts';
import { registerMark, registerResolve } from './run-resolve.ts';
import { registerRerun } from './run-rerun.ts';
import { registerTrigger } from './run-start.ts';
import { filterOf, withFilter, type FilterOptions } from './run-filter.ts';
import { registerGrid } from './run-grid.ts';
import { printRuns } from './run-rows.ts';
import { runLines } from './run-view.ts';
import { watchToEnd } from './run-watch.ts';

type Context = CommandContext<RunServices>;

export function registerRuns(program: Command, context: Context): void {
  const runs = program
    .command('runs')
    .description('start, see, stop and repeat runs')
    .addHelpText('before', example('assay runs list', 'assay runs trigger squares --watch'));
  registerTrigger(runs, context);
  registerRerun(runs, context);
  registerList(runs, context);
  registerGrid(runs, context);
  registerShow(runs, context);
  registerWatch(runs, context);
  registerCancel(runs, context);
  registerResolve(runs, context);
  registerMark(runs, context);
  registerLogs(runs, context);
}

function registerList(runs: Command, context: Context): void {
  interface Options extends FilterOptions {
    readonly limit: number;
    readonly after?: string;
    readonly json?: boolean;
  }
  withFilter(runs.command('list'))
    .description('runs from the newest to the oldest')
    .option('--limit <n>', 'rows of a page', positiveInteger, 50)
    .option('--after <cursor>', 'the next page: what the page before ended with')
    .option('--json', 'print JSON')
    .addHelpText(
      'before',
      example(
        'assay runs list --pipeline medallion --state failed',
        'assay runs list --since 2026-02-01 --param project=readmission',
      ),
    )
    .action(
      action(context, async (services, { json, limit, after, ...filter }: Options) => {
        const { output } = context;
        const page = { limit, ...(after !== undefined && { after }) };
        const found = await listRuns(services, { ...filterOf(filter), ...page });
        if (json === true) output.json(found);
        else {
          printRuns(output, found.runs, Date.now());
          if (found.next !== undefined) output.note(`more: the same with --after ${found.next}`);
        }
        return 0;
      }),
    );
}

function registerShow(runs: Command, context: Context): void {
  interface Options {
    readonly attempt?: number;
    readonly json?: boolean;
  }
  runs
    .command('show')
    .description('tasks, states, tries and times of a run; with TASK, its result')
    .argument('<id>')
    .argument('[task]', 'name, or name[index] for an item of a map')
    .option('--attempt <n>', 'another attempt than the newest', positiveInteger)
    .option('--json', 'print JSON')
    .addHelpText('before', example('assay runs show medallion-2026-02-01T00:00:00Z silver'))
    .action(
      action(context, async (services, run: string, task: string | undefined, options: Options) => {
        const { output } = context;
        const shown = await showRun(services, run, options.attempt);
        if (task !== undefined) output.json((await taskResult(services, shown.record, task)).result ?? null);
        else if (options.json === true) output.json(shown.record);
        else for (const line of runLines(shown, output.paint, Date.now(), output.columns)) output.line(line);
        return 0;
      }),
    );
}

function registerWatch(runs: Command, context: Context): void {
  runs
    .command('watch')
    .description('a run as it goes, until it is over; exit 1 unless it succeeds')
    .argument('<id>')
    .option('--json', 'print the record when it is over')
    .addHelpText('before', example('assay runs watch medallion-2026-02-01T00:00:00Z'))
    .action(
      action(context, (services, run: string, options: { json?: boolean }) =>
        watchToEnd(context.output, services, run, options),
      ),
    );
}

function registerCancel(runs: Command, context: Context): void {
  runs
    .command('cancel')
    .description('ask an open run to stop; what must always run still does')
    .argument('<id>')
    .option('--json', 'print JSON')
    .addHelpText('before', example('assay runs cancel medallion-2026-02-01T00:00:00Z'))
    .action(
      action(context, async (services, run: string, options: { json?: boolean }) => {
        const cancelled = await cancelRun(services, run);
        if (options.json === true) context.output.json(cancelled);
        else context.output.line(`asked ${run} to stop; see: assay runs watch ${run}`);
        return 0;
      }),
    );
}
