/** `assay deployments …`: a new version of the workers takes over by degrees, and the old one drains. */
import { setTimeout as sleep } from 'node:timers/promises';
import { InvalidArgumentError, type Command } from 'commander';

import {
  listVersions,
  makeCurrent,
  ramp,
  type DeployedVersion,
  type DeploymentServices,
} from '../deployments/versions.ts';
import { action, example, type CommandContext } from './command.ts';

type Context = CommandContext<DeploymentServices>;

const LOOK_EVERY_MS = 5_000;

export function registerDeployments(program: Command, context: Context): void {
  const deployments = program
    .command('deployments')
    .description('versions of the workers: which there are, and which new runs go to');
  registerList(deployments, context);
  registerRamp(deployments, context);
  registerPromote(deployments, context);
  registerWait(deployments, context);
}

function registerList(deployments: Command, context: Context): void {
  deployments
    .command('list')
    .description('every version, and whether its workers are still needed')
    .option('--json', 'print JSON')
    .addHelpText('before', example('assay deployments list'))
    .action(
      action(context, async (services, { json }: { json?: boolean }) => {
        const versions = await listVersions(services);
        if (json === true) context.output.json(versions);
        else
          context.output.table(
            ['VERSION', 'STATE', 'NEW RUNS', 'SINCE'],
            versions.map((each) => [each.version, each.state, shareOf(each), each.createdAt]),
          );
        return 0;
      }),
    );
}

function registerRamp(deployments: Command, context: Context): void {
  deployments
    .command('ramp')
    .description('send some of the new runs to a version')
    .argument('<version>')
    .requiredOption('--percentage <n>', 'of the new runs; 0 takes the ramp back', percentage)
    .addHelpText('before', example('assay deployments ramp 1.5.0 --percentage 10'))
    .action(
      action(context, async (services, version: string, options: { percentage: number }) => {
        await ramp(services, version, options.percentage);
        context.output.line(`${version} gets ${options.percentage} % of the new runs`);
        return 0;
      }),
    );
}

function registerPromote(deployments: Command, context: Context): void {
  deployments
    .command('promote')
    .description('send every new run to a version; to roll back, name the version before')
    .argument('<version>')
    .addHelpText('before', example('assay deployments promote 1.5.0'))
    .action(
      action(context, async (services, version: string) => {
        await makeCurrent(services, version);
        context.output.line(`${version} is current`);
        return 0;
      }),
    );
}

function registerWait(deployments: Command, context: Context): void {
  deployments
    .command('wait')
    .description('wait until a version has workers, or has drained; exit 1 if it takes too long')
    .argument('<version>')
    .option('--drained', 'until no run is pinned to it any more')
    .option('--within <seconds>', 'how long; 600 by default', Number, 600)
    .addHelpText('before', example('assay deployments wait 1.4.0 --drained --within 3600'))
    .action(
      action(context, async (services, version: string, options: { drained?: boolean; within: number }) => {
        const deadline = Date.now() + options.within * 1000;
        for (;;) {
          const found = (await listVersions(services)).find((each) => each.version === version);
          // A version that the server has forgotten holds no run.
          const over = options.drained === true ? isOver(found) : found !== undefined;
          context.output.note(`${version}: ${found?.state ?? 'not there'}`);
          if (over) return 0;
          if (Date.now() >= deadline) return 1;
          await sleep(Math.min(LOOK_EVERY_MS, deadline - Date.now()));
        }
      }),
    );
}

/** Nothing new goes to it, and nothing that began on it is open. */
function isOver(found: DeployedVersion | undefined): boolean {
  return found === undefined || found.state === 'drained' || found.state === 'inactive';
}

function shareOf({ state, percentage: share }: DeployedVersion): string {
  if (state === 'current') return 'the rest';
  return share === undefined ? 'none' : `${share} %`;
}

function percentage(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 100))
    throw new InvalidArgumentError('a number from 0 to 100');
  return value;
}
