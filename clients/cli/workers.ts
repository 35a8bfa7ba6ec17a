/** `assay workers …`: a worker in the foreground, and which builds of the code there are workers of. */
import { Option, type Command } from 'commander';

import type { Queue } from '../../temporal.config.ts';
import type { RunServices } from '../runs/services.ts';
import { useVersion, workerVersions } from '../workers/versions.ts';
import { action, example, type CommandContext } from './command.ts';
import { time } from './run-view.ts';

export interface WorkerCommandServices extends Pick<RunServices, 'client'> {
  /** Ends when the process is asked to stop and its activities have been given back. */
  readonly serve: (queues: readonly Queue[]) => Promise<void>;
}

const QUEUES: readonly Queue[] = ['control', 'data', 'training'];

export function registerWorkers(program: Command, context: CommandContext<WorkerCommandServices>): void {
  const workers = program.command('workers').description('processes that carry the work');
  registerVersions(workers, context);
  registerUse(workers, context);
  workers
    .command('run')
    .description('serves queues in the foreground, until Ctrl-C')
    .addOption(new Option('--queues <queue...>', 'which').choices(QUEUES).default(QUEUES))
    .addHelpText('before', example('assay workers run', 'assay workers run --queues data training'))
    .action(
      action(context, async ({ serve }, { queues }: { queues: readonly Queue[] }) => {
        context.output.note(`serving ${queues.join(', ')}; Ctrl-C stops`);
        await serve(queues);
        return 0;
      }),
    );
}

type Context = CommandContext<WorkerCommandServices>;

function registerVersions(workers: Command, context: Context): void {
  workers
    .command('versions')
    .description('builds that workers have registered with ASSAY_VERSIONING, and which of them new runs get')
    .option('--json', 'print JSON')
    .addHelpText('before', example('assay workers versions'))
    .action(
      action(context, async ({ client }, { json }: { json?: boolean }) => {
        const { output } = context;
        const versions = await workerVersions(await client());
        if (json === true) output.json(versions);
        else {
          output.table(
            ['BUILD', 'STATUS', 'SINCE'],
            versions.map(({ buildId, status, since }) => [buildId, status, time(since)]),
          );
          if (versions.length === 0)
            output.note('none: workers take the place of each other (ASSAY_VERSIONING=none)');
        }
        return 0;
      }),
    );
}

function registerUse(workers: Command, context: Context): void {
  workers
    .command('use')
    .description(
      'give new runs to workers of this build; open ones stay, or move with ASSAY_VERSIONING=upgrade',
    )
    .argument('<build>')
    .addHelpText('before', example('assay workers use 3f2a90c1b7de'))
    .action(
      action(context, async ({ client }, build: string) => {
        await useVersion(await client(), build);
        context.output.line(`new runs are given to workers of build ${build}`);
        return 0;
      }),
    );
}
