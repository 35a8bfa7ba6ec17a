/** `assay workers …`: a worker in the foreground, and which versions of the code there are workers of. */
import { Option, type Command } from 'commander';

import type { Queue } from '../../temporal.config.ts';
import type { RunServices } from '../runs/services.ts';
import { action, example, type CommandContext } from './command.ts';
import { registerUse, registerVersions, registerWait } from './worker-versions.ts';

export interface WorkerCommandServices extends Pick<RunServices, 'client'> {
  /** Ends when the process is asked to stop and its activities have been given back. */
  readonly serve: (queues: readonly Queue[]) => Promise<void>;
}

const QUEUES: readonly Queue[] = ['control', 'data', 'training'];

export function registerWorkers(program: Command, context: CommandContext<WorkerCommandServices>): void {
  const workers = program
    .command('workers')
    .description('processes that carry the work')
    .addHelpText('before', example('assay workers versions'));
  registerVersions(workers, context);
  registerUse(workers, context);
  registerWait(workers, context);
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
