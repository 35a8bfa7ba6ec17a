/** `assay runs …`: start, see, stop and repeat runs. */
import { Option } from 'commander';
import type { Command } from 'commander';

import type { RunState } from '../../workflows/domain/run-record.ts';
import { cancelRun } from '../runs/cancel.ts';
import { listRuns } from '../runs/list.ts';
import { taskResult } from '../runs/result.ts';
import type { RunServices } from '../runs/services.ts';
import { showRun } from '../runs/show.ts';
import { positiveInteger } from './arguments.ts';
import type { CommandContext } from './command.ts';
import { action, example } from './command.ts';
import { registerLogs } from './run-logs.ts';
import { registerRerun, registerTrigger } from './run-start.ts';
import { runCell, runLines, duration, time } from './run-view.ts';
import { watchToEnd } from './run-watch.ts';

type Context = CommandContext<RunServices>;

const STATES: readonly RunState[] = ['running', 'success', 'failed', 'cancelled', 'terminated', 'timed_out'];

export function registerRuns(program: Command, context: Context): void {
  const runs = program.command('runs').description('start, see, stop and repeat runs');
  registerTrigger(runs, context);
  registerRerun(runs, context);
  registerList(runs, context);
  registerShow(runs, context);
  registerWatch(runs, context);
  registerCancel(runs, context);
  registerLogs(runs, context);
}

function registerList(runs: Command, context: Context): void {
  interface Options {
    readonly pipeline?: string;
    readonly state?: RunState;
    readonly limit?: number;
    readonly after?: string;
    readonly json?: boolean;
  }
  runs
    .command('list')
    .description('runs from the newest to the oldest')
    .option('--pipeline <name>')
    .addOption(new Option('--state <state>').choices(STATES))
    .option('--limit <n>', 'rows of a page', positiveInteger, 50)
    .option('--after <cursor>', 'the next page: what the page before ended with')
    .option('--json', 'print JSON')
    .addHelpText('before', example('assay runs list --pipeline medallion --state failed'))
    .action(
      action(context, async (services, { json, ...filter }: Options) => {
        const { output } = context;
        const page = await listRuns(services, filter);
        if (json === true) output.json(page);
        else {
          const now = Date.now();
          output.table(
            ['RUN', 'ATTEMPT', 'STATE', 'STARTED', 'DURATION', 'BY', 'FAILED'],
            page.runs.map((row) => [
              row.run,
              String(row.attempt),
              runCell(row.state),
              time(row.startedAt ?? row.claimedAt),
              duration(row.startedAt ?? row.claimedAt, row.endedAt, now),
              row.startedBy ?? '',
              row.failed.join(', '),
            ]),
          );
          if (page.next !== undefined) output.note(`more: assay runs list --after ${page.next}`);
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
        else for (const line of runLines(shown, output.paint, Date.now())) output.line(line);
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
