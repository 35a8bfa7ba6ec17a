/** `assay backfill …`: a pipeline over a range of time, interval by interval. */
import type { Command } from 'commander';

import type { BackfillServices } from '../backfill/services.ts';
import { sayToBackfill } from '../backfill/say.ts';
import { listBackfills, showBackfill } from '../backfill/show.ts';
import { registerCreate } from './backfill-create.ts';
import { backfillLines, backfillRow } from './backfill-view.ts';
import type { CommandContext } from './command.ts';
import { action, example } from './command.ts';

type Context = CommandContext<BackfillServices>;

interface Json {
  readonly json?: boolean;
}

const ID = 'backfill-medallion-20261121T105625Z';

export function registerBackfill(program: Command, context: Context): void {
  const backfill = program
    .command('backfill')
    .description('a pipeline over a range of time')
    .addHelpText(
      'before',
      example(
        `assay backfill create medallion --from 2026-01-01 --to 2026-07-01 --params '{"project":"readmission"}' --dry-run`,
      ),
    );
  registerCreate(backfill, context);
  registerList(backfill, context);
  registerShow(backfill, context);
  registerPause(backfill, context);
  registerResume(backfill, context);
  registerCancel(backfill, context);
}

function registerList(backfill: Command, context: Context): void {
  backfill
    .command('list')
    .description('every backfill there was, the newest first')
    .option('--json', 'print JSON')
    .addHelpText('before', example('assay backfill list'))
    .action(
      action(context, async (services, { json }: Json) => {
        const listed = await listBackfills(services);
        if (json === true) context.output.json(listed);
        else {
          context.output.table(
            ['BACKFILL', 'STATE', 'FROM', 'TO', 'DONE', 'OPEN', 'NOT SUCCESSFUL'],
            listed.map(backfillRow),
          );
        }
        return 0;
      }),
    );
}

function registerShow(backfill: Command, context: Context): void {
  backfill
    .command('show')
    .description('how far a backfill has come, what is open, and what went wrong')
    .argument('<id>')
    .option('--json', 'print JSON')
    .addHelpText('before', example(`assay backfill show ${ID}`))
    .action(
      action(context, async (services, id: string, { json }: Json) => {
        const { output } = context;
        const shown = await showBackfill(services, id);
        if (json === true) output.json(shown);
        else for (const line of backfillLines(shown, output.paint)) output.line(line);
        return 0;
      }),
    );
}

function registerPause(backfill: Command, context: Context): void {
  backfill
    .command('pause')
    .description('start nothing more until it is resumed; what is open goes on')
    .argument('<id>')
    .option('--reason <text>', 'for whoever finds it paused')
    .option('--json', 'print JSON')
    .addHelpText('before', example(`assay backfill pause ${ID} --reason "the source is being moved"`))
    .action(
      action(context, async (services, id: string, { reason, json }: Json & { reason?: string }) => {
        await sayToBackfill(services, id, 'pause', { by: 'cli', ...(reason !== undefined && { reason }) });
        if (json === true) context.output.json({ id, paused: true });
        else context.output.line(`${id} is paused; to let it go on: assay backfill resume ${id}`);
        return 0;
      }),
    );
}

function registerResume(backfill: Command, context: Context): void {
  backfill
    .command('resume')
    .description('let a paused backfill go on')
    .argument('<id>')
    .option('--json', 'print JSON')
    .addHelpText('before', example(`assay backfill resume ${ID}`))
    .action(
      action(context, async (services, id: string, { json }: Json) => {
        await sayToBackfill(services, id, 'resume', { by: 'cli' });
        if (json === true) context.output.json({ id, paused: false });
        else context.output.line(`${id} goes on`);
        return 0;
      }),
    );
}

function registerCancel(backfill: Command, context: Context): void {
  backfill
    .command('cancel')
    .description('start nothing more, and end when what is open has ended')
    .argument('<id>')
    .option('--runs', 'ask the open runs to stop, too')
    .option('--json', 'print JSON')
    .addHelpText('before', example(`assay backfill cancel ${ID} --runs`))
    .action(
      action(context, async (services, id: string, { runs, json }: Json & { runs?: boolean }) => {
        await sayToBackfill(services, id, 'cancel', { by: 'cli', runs: runs === true });
        if (json === true) context.output.json({ id, cancelled: true, runs: runs === true });
        else context.output.line(`${id} starts nothing more`);
        return 0;
      }),
    );
}
