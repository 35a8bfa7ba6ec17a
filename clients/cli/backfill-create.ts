/** `assay backfill create`: starts one, or lists what it would run. */
import { InvalidArgumentError, Option, type Command } from 'commander';

import type { BackfillRequest } from '../../workflows/domain/backfill/plan.ts';
import type { Timetable } from '../../workflows/domain/calendar/timetable.ts';
import type { Duration } from '../../workflows/domain/duration.ts';
import { createBackfill } from '../backfill/create.ts';
import type { BackfillServices } from '../backfill/services.ts';
import { checkTasks } from '../backfill/tasks.ts';
import { jsonArgument, positiveInteger } from './arguments.ts';
import { previewLine, previewRow } from './backfill-view.ts';
import { watchBackfill } from './backfill-watch.ts';
import { Refusal } from '../refusal.ts';
import type { CommandContext } from './command.ts';
import { action, example } from './command.ts';
import { explain, type ExitCode } from './failure.ts';

type Context = CommandContext<BackfillServices>;

interface Options {
  readonly from: string;
  readonly to: string;
  readonly key?: string;
  readonly params?: string;
  readonly cron?: string;
  readonly timezone?: string;
  readonly every?: Duration;
  readonly reprocess?: NonNullable<BackfillRequest['reprocess']>;
  readonly tasks?: readonly string[];
  readonly maxActive?: number;
  readonly backwards?: boolean;
  readonly dryRun?: boolean;
  readonly watch?: boolean;
  readonly json?: boolean;
}

export function registerCreate(backfill: Command, context: Context): void {
  backfill
    .command('create')
    .description('run a pipeline for every interval between two times; its ID is printed')
    .argument('<pipeline>')
    .requiredOption('--from <time>', 'a date or a time in RFC 3339')
    .requiredOption('--to <time>', 'only whole intervals between the two are run')
    .option('--key <key>', 'the project or partition that the runs are for')
    .option('--params <json>', "JSON, or @FILE that holds it; by default those of the pipeline's schedule")
    .addOption(
      new Option('--cron <expression>', 'the intervals, where no schedule tells them').conflicts('every'),
    )
    .option('--timezone <zone>', 'of --cron; UTC by default')
    .addOption(
      new Option('--every <duration>', 'the intervals as a length of time, as 1h').argParser(duration),
    )
    .addOption(
      new Option('--reprocess <what>', 'what never ran, also what failed, or everything').choices([
        'missing',
        'failed',
        'all',
      ]),
    )
    .option('--tasks <task...>', 'in runs that have been: these tasks and what comes after them alone')
    .option('--max-active <n>', 'so many runs are open at most; 4 by default', positiveInteger)
    .option('--backwards', 'the newest interval first')
    .option('--dry-run', 'list what would run, and start nothing')
    .option('--watch', 'stay until it is over; exit 1 unless every run succeeded')
    .option('--json', 'print JSON')
    .addHelpText(
      'before',
      example(
        `assay backfill create lifecycle --from 2026-01-01 --to 2026-07-01 --dry-run`,
        `assay backfill create medallion --from 2026-01-01 --to 2026-07-01 --params '{"project":"readmission"}' --max-active 2`,
      ),
    )
    .action(
      action(context, async (services, pipeline: string, options: Options) => {
        const request = await requestOf(pipeline, options);
        return options.dryRun === true
          ? dryRun(context, services, request, options)
          : create(context, services, request, options);
      }),
    );
}

async function requestOf(pipeline: string, options: Options): Promise<BackfillRequest> {
  const { from, to, key, reprocess, tasks, maxActive } = options;
  const timetable = timetableOf(options);
  return {
    pipeline,
    from,
    to,
    startedBy: 'cli',
    ...(key !== undefined && { key }),
    ...(options.params !== undefined && { params: await jsonArgument(options.params) }),
    ...(timetable !== undefined && { timetable }),
    ...(reprocess !== undefined && { reprocess }),
    ...(tasks !== undefined && { tasks }),
    ...(maxActive !== undefined && { maxActive }),
    ...(options.backwards === true && { order: 'backwards' }),
  };
}

/** @throws Refusal TimezoneAlone */
function timetableOf({ cron, timezone, every }: Options): Timetable | undefined {
  if (timezone !== undefined && cron === undefined) {
    throw new Refusal('TimezoneAlone', '--timezone says what --cron means, and there is no --cron', {
      next: "assay backfill create … --cron '0 6 * * *' --timezone Europe/Berlin",
    });
  }
  if (every !== undefined) return { every };
  return cron === undefined ? undefined : { cron, ...(timezone !== undefined && { timezone }) };
}

async function dryRun(
  { output }: Context,
  services: BackfillServices,
  request: BackfillRequest,
  { json }: Options,
): Promise<ExitCode> {
  const { backfills } = services;
  const { plan, total, lacks } = backfills.outline(request);
  const note = await checkTasks(services, plan);
  if (note !== undefined) output.note(`note: ${note}`);
  const intervals = [];
  for await (const interval of backfills.preview(plan)) intervals.push(interval);
  if (json === true) output.json({ plan, total, intervals });
  else {
    output.table(['RUN', 'INTERVAL', 'WOULD', 'STATE NOW'], intervals.map(previewRow));
    output.line(previewLine(intervals, plan));
  }
  if (lacks !== undefined) {
    const { what, next } = explain(lacks);
    output.note(`to run them it needs more: ${what}\n  next: ${next}`);
  }
  return 0;
}

async function create(
  { output }: Context,
  services: BackfillServices,
  request: BackfillRequest,
  { watch, json }: Options,
): Promise<ExitCode> {
  const { note, ...created } = await createBackfill(services, request);
  if (note !== undefined) output.note(`note: ${note}`);
  if (watch === true) {
    output.note(created.id);
    return watchBackfill(output, services, created.id, json === true);
  }
  if (json === true) output.json(created);
  else {
    output.line(created.id);
    output.note(`${created.total} intervals; how far it is: assay backfill show ${created.id}`);
  }
  return 0;
}

function duration(text: string): Duration {
  if (/^\d+(\.\d+)?(s|m|h|d)$/.test(text)) return text as Duration;
  throw new InvalidArgumentError('A length of time is expected, for example 15m, 1h or 1d.');
}
