/** `assay workers versions | use | wait`: a new version of the workers takes over, at once or by degrees, and the old one drains. */
import { setTimeout as sleep } from 'node:timers/promises';
import { InvalidArgumentError, type Command } from 'commander';

import type { RunServices } from '../runs/services.ts';
import { unservedQueues, useVersion, workerVersions, type WorkerVersion } from '../workers/versions.ts';
import { action, example, type CommandContext } from './command.ts';
import { time } from './run-view.ts';

type Context = CommandContext<Pick<RunServices, 'client'>>;

const LOOK_EVERY_MS = 5_000;

export function registerVersions(workers: Command, context: Context): void {
  workers
    .command('versions')
    .description('versions of the code that there are workers of, and which of them new runs go to')
    .option('--json', 'print JSON')
    .addHelpText('before', example('assay workers versions'))
    .action(
      action(context, async ({ client }, { json }: { json?: boolean }) => {
        const { output } = context;
        const versions = await workerVersions(await client());
        if (json === true) output.json(versions);
        else {
          output.table(
            ['VERSION', 'STATE', 'NEW RUNS', 'SINCE'],
            versions.map((each) => [each.version, each.state, shareOf(each), time(each.since)]),
          );
          if (versions.length === 0)
            output.note('none: workers take the place of each other (ASSAY_VERSIONING=none)');
        }
        return 0;
      }),
    );
}

export function registerUse(workers: Command, context: Context): void {
  workers
    .command('use')
    .description('give new runs to workers of a version; to roll back, name the version before')
    .argument('<version>')
    .option('--ramp <percent>', 'only so many of the new runs; 0 takes the ramp back', percent)
    .addHelpText('before', example('assay workers use 1.5.0 --ramp 10', 'assay workers use 1.5.0'))
    .action(
      action(context, async ({ client }, version: string, { ramp }: { ramp?: number }) => {
        await useVersion(await client(), version, { ...(ramp !== undefined && { percentage: ramp }) });
        context.output.line(`${version} gets ${ramp === undefined ? 'all' : `${ramp} %`} of the new runs`);
        return 0;
      }),
    );
}

export function registerWait(workers: Command, context: Context): void {
  workers
    .command('wait')
    .description('wait until a version can take over, or has drained; exit 1 if it takes too long')
    .argument('<version>')
    .option('--drained', 'until no run is pinned to it any more')
    .option('--within <seconds>', 'how long', seconds, 600)
    .addHelpText('before', example('assay workers wait 1.4.0 --drained --within 3600'))
    .action(
      action(context, async (services, version: string, options: { drained?: boolean; within: number }) => {
        const client = await services.client();
        const deadline = Date.now() + options.within * 1000;
        for (;;) {
          const found = (await workerVersions(client)).find((each) => each.version === version);
          const unserved = options.drained === true ? [] : await unservedQueues(client, version);
          const lacking = unserved?.length ? `, lacks workers of ${unserved.join(', ')}` : '';
          context.output.note(`${version}: ${found?.state ?? 'not there'}${lacking}`);
          if (options.drained === true ? isOver(found) : unserved?.length === 0) return 0;
          if (Date.now() >= deadline) return 1;
          await sleep(Math.min(LOOK_EVERY_MS, deadline - Date.now()));
        }
      }),
    );
}

/** Nothing new goes to it, and nothing that began on it is open. A version that the server has forgotten holds no run. */
function isOver(found: WorkerVersion | undefined): boolean {
  return found === undefined || found.state === 'drained' || found.state === 'inactive';
}

function shareOf({ state, percentage }: WorkerVersion): string {
  if (state === 'current') return 'the rest';
  return percentage === undefined ? 'none' : `${percentage} %`;
}

function percent(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 100))
    throw new InvalidArgumentError('a number from 0 to 100');
  return value;
}

function seconds(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && Number.isFinite(value)))
    throw new InvalidArgumentError('a number of seconds');
  return value;
}
