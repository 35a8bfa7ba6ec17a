/** `assay assets …`: what was produced, and who waits for what. */
import type { Command } from 'commander';

import type { Interval } from '../../workflows/domain/interval.ts';
import { materialize } from '../assets/materialize.ts';
import type { AssetServices } from '../assets/services.ts';
import { Refusal } from '../refusal.ts';
import { interval, positiveInteger } from './arguments.ts';
import { assetRow, eventRow, waitingLines } from './asset-view.ts';
import type { CommandContext } from './command.ts';
import { action, example } from './command.ts';

type Context = CommandContext<AssetServices>;

interface Json {
  readonly json?: boolean;
}

const EVENTS = 20;

export function registerAssets(program: Command, context: Context): void {
  const assets = program
    .command('assets')
    .description('what was produced, and who waits for what')
    .addHelpText('before', example('assay assets list'));
  registerList(assets, context);
  registerEvents(assets, context);
  registerMaterialize(assets, context);
}

function registerList(assets: Command, context: Context): void {
  assets
    .command('list')
    .description('every asset, how fresh it is, and what its consumers still wait for')
    .option('--json', 'print JSON')
    .addHelpText('before', example('assay assets list'))
    .action(
      action(context, async (services, { json }: Json) => {
        const { output } = context;
        const [listed, waiting] = await Promise.all([services.assets.list(), services.assets.waiting()]);
        if (json === true) {
          output.json({ assets: listed, waiting });
          return 0;
        }
        output.table(
          ['ASSET', 'FRESH UNTIL', 'PARTITIONS', 'EVENTS', 'LAST EVENT', 'STARTS'],
          listed.map(assetRow),
        );
        for (const line of waitingLines(waiting)) output.line(line);
        return 0;
      }),
    );
}

function registerEvents(assets: Command, context: Context): void {
  assets
    .command('events')
    .description('what was produced of an asset, the newest first')
    .argument('<asset>')
    .option('--limit <n>', `at most so many; ${EVENTS} by default`, positiveInteger, EVENTS)
    .option('--json', 'print JSON')
    .addHelpText('before', example('assay assets events shop.orders --limit 5'))
    .action(
      action(context, async (services, asset: string, { limit, json }: Json & { limit: number }) => {
        const events = await services.assets.events(asset, limit);
        const known = await services.assets.list();
        if (events.length === 0 && !known.some((one) => one.asset === asset)) {
          throw new Refusal(
            'UnknownAsset',
            `no asset is named ${asset}: nobody has produced it or waits for it`,
            {
              next: 'assay assets list',
            },
          );
        }
        if (json === true) context.output.json(events);
        else context.output.table(['NUMBER', 'PARTITION', 'AT', 'SOURCE'], events.map(eventRow));
        return 0;
      }),
    );
}

function registerMaterialize(assets: Command, context: Context): void {
  interface Options extends Json {
    readonly partition: Interval;
    readonly key?: string;
  }
  assets
    .command('materialize')
    .description('say by hand that a partition is there; whoever waits for it is started')
    .argument('<asset>')
    .requiredOption('--partition <start/end>', 'the time that it is of', interval)
    .option('--key <key>', 'the project or region that it is of')
    .option('--json', 'print JSON')
    .addHelpText(
      'before',
      example('assay assets materialize shop.orders --partition 2026-01-01T00:00:00Z/2026-01-01T01:00:00Z'),
    )
    .action(
      action(context, async (services, asset: string, { partition, key, json }: Options) => {
        const { output } = context;
        const whole = { ...partition, ...(key !== undefined && { key }) };
        const { event, isHeard } = await materialize(services, asset, whole, 'cli');
        if (json === true) output.json({ ...event, isHeard });
        else
          output.line(`${asset} has ${event.partition.start}/${event.partition.end}: event ${event.number}`);
        if (!isHeard) output.note('Temporal does not answer: who waits for it is started once it does');
        return 0;
      }),
    );
}
