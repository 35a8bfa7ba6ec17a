/** `assay runs rerun`: the next attempt of a run that is over, or of all that a filter finds. */
import { Option } from 'commander';
import type { Command } from 'commander';

import type { Rerun } from '../../workflows/domain/run-input.ts';
import { Refusal } from '../refusal.ts';
import { rerunMany, runsToRerun, type RerunOutcome } from '../runs/rerun-many.ts';
import { rerunRun } from '../runs/rerun.ts';
import type { RunServices } from '../runs/services.ts';
import { positiveInteger } from './arguments.ts';
import type { CommandContext } from './command.ts';
import { action, example } from './command.ts';
import type { ExitCode } from './failure.ts';
import { filterOf, withFilter, type FilterOptions } from './run-filter.ts';
import { started, STARTED_BY } from './run-start.ts';
import { printRuns } from './run-rows.ts';

type Context = CommandContext<RunServices>;

interface Options extends FilterOptions {
  readonly from?: readonly string[];
  readonly only?: boolean;
  readonly onlyFailed?: boolean;
  readonly code: 'original' | 'latest';
  readonly limit: number;
  readonly dryRun?: boolean;
  readonly watch?: boolean;
  readonly json?: boolean;
}

export function registerRerun(runs: Command, context: Context): void {
  withFilter(runs.command('rerun'))
    .description('the next attempt of a run that is over; what need not run again is kept')
    .argument('[id]', 'a run; without it all that the options find')
    .option('--from <task...>', 'run these tasks, name or name[index], and all that comes after them')
    .addOption(new Option('--only', 'of --from, not what comes after').conflicts('onlyFailed'))
    .addOption(new Option('--only-failed', 'run what failed and what it held up').conflicts('from'))
    .addOption(
      new Option('--code <version>', 'workers of the version that it began with, or of the current one')
        .choices(['original', 'latest'])
        .default('latest'),
    )
    .option('--limit <n>', 'look at so many runs, the newest', positiveInteger, 100)
    .option('--dry-run', 'list the runs that would be started')
    .option('--watch', 'stay until it is over; exit 1 unless it succeeds')
    .option('--json', 'print JSON')
    .addHelpText(
      'before',
      example(
        'assay runs rerun medallion-2026-02-01T00:00:00Z --from silver',
        'assay runs rerun --pipeline medallion --state failed --since 2026-02-01 --only-failed --dry-run',
      ),
    )
    .action(
      action(context, async (services, run: string | undefined, options: Options) => {
        const rerun = rerunOf(run, options);
        if (run === undefined) return many(context, services, rerun, options);
        if (Object.keys(filterOf(options)).length > 0 || options.dryRun === true) {
          const message = `either ${run} or all that a filter finds: not both`;
          throw new Refusal('AmbiguousRuns', message, { next: 'assay runs rerun --help' });
        }
        const { code } = options;
        const next = await rerunRun(services, run, rerun, { startedBy: STARTED_BY, code });
        return started(context, services, next, options);
      }),
    );
}

/** @throws Refusal NothingToRerun */
function rerunOf(run: string | undefined, { from, only, onlyFailed }: Options): Rerun {
  if (from !== undefined) return { from, ...(only === true && { only }) };
  if (onlyFailed === true) return { onlyFailed };
  throw new Refusal('NothingToRerun', 'what shall run again? --from <task…> or --only-failed', {
    next: run === undefined ? 'assay runs rerun --help' : `assay runs show ${run}`,
  });
}

/** Exit code 1 where a run was refused. */
async function many(
  { output }: Context,
  services: RunServices,
  rerun: Rerun,
  { limit, code, dryRun, json, ...rest }: Options,
): Promise<ExitCode> {
  const filter = filterOf(rest);
  if (filter.pipeline === undefined) {
    const message = 'which runs? An ID, or --pipeline with whatever else narrows them down';
    throw new Refusal('NoRuns', message, { next: 'assay runs list --state failed' });
  }
  const runs = await runsToRerun(services, filter, rerun, limit);
  if (dryRun === true) {
    if (json === true) output.json(runs);
    else printRuns(output, runs, Date.now());
    output.note(`${runs.length} runs would be started`);
    return 0;
  }
  const outcomes: RerunOutcome[] = [];
  for await (const outcome of rerunMany(services, runs, rerun, { startedBy: STARTED_BY, code })) {
    outcomes.push(outcome);
    const { run, attempt, refused } = outcome;
    if (json !== true && refused === undefined) output.line(`${run}  attempt ${attempt}`);
    if (refused !== undefined) output.note(`error: ${refused}`);
  }
  if (json === true) output.json(outcomes);
  const failed = outcomes.filter(({ refused }) => refused !== undefined).length;
  output.note(`${outcomes.length - failed} runs started${failed > 0 ? `, ${failed} refused` : ''}`);
  return failed > 0 ? 1 : 0;
}
