/** `assay pools …`: slots that tasks and runs share, who has them, and who waits for them. */
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';

import { recallingText } from '../../workflows/domain/pool/recalling.ts';
import { listPools, reopenPool, resizePool, type ListedPool, type PoolServices } from '../pools/pools.ts';
import type { CommandContext } from './command.ts';
import { action, example } from './command.ts';
import type { Cell } from './output.ts';

type Context = CommandContext<PoolServices>;

/** Of those who hold and of those who wait, so many are named. */
const NAMED = 10;

export function registerPools(program: Command, context: Context): void {
  const pools = program
    .command('pools')
    .description('slots that tasks and runs share')
    .addHelpText('before', example('assay pools list'));
  registerList(pools, context);
  registerSet(pools, context);
  registerReopen(pools, context);
}

function registerList(pools: Command, context: Context): void {
  pools
    .command('list')
    .description(
      'pools with who has their slots and who waits for them, in the order in which they are served',
    )
    .option('--json', 'print JSON')
    .addHelpText('before', example('assay pools list'))
    .action(
      action(context, async (services, { json }: { json?: boolean }) => {
        const { output } = context;
        const listed = await listPools(services);
        if (json === true) output.json(listed);
        else {
          output.table(['POOL', 'SLOTS', 'USED', 'WAITING'], listed.map(row));
          for (const line of listed.flatMap(placeLines)) output.line(line);
          for (const line of deadlockLines(listed)) output.line(output.paint(line, 'red'));
          for (const { name, recalling } of listed) {
            if (recalling !== undefined) output.line(recallingText(name, recalling));
          }
        }
        return 0;
      }),
    );
}

function registerSet(pools: Command, context: Context): void {
  pools
    .command('set')
    .description('give a pool another number of slots, at once, until its declaration changes; 0 closes it')
    .argument('<name>')
    .argument('<slots>', 'a whole number', slotsArgument)
    .option('--json', 'print JSON')
    .addHelpText('before', example('assay pools set warehouse 8'))
    .action(
      action(context, async (services, name: string, slots: number, { json }: { json?: boolean }) => {
        const set = await resizePool(services, name, slots);
        if (json === true) context.output.json(set);
        else context.output.line(`${name} has ${set.slots} slots, ${set.used} of them in use`);
        return 0;
      }),
    );
}

function registerReopen(pools: Command, context: Context): void {
  pools
    .command('reopen')
    .description(
      'have a pool grant again that can’t learn who held its slots: tasks that hold some without saying so are not counted',
    )
    .argument('<name>')
    .option('--json', 'print JSON')
    .addHelpText('before', example('assay pools reopen warehouse'))
    .action(
      action(context, async (services, name: string, { json }: { json?: boolean }) => {
        const open = await reopenPool(services, name);
        if (json === true) context.output.json(open);
        else
          context.output.line(
            `${name} grants again: ${open.slots} slots, ${open.used} of them known to be in use`,
          );
        return 0;
      }),
    );
}

function row({ name, slots, declared, used, waiting, recalling }: ListedPool): (string | Cell)[] {
  const size = slots === declared ? String(slots) : `${slots} (declared: ${declared})`;
  return [
    name,
    size,
    recalling === undefined ? String(used) : { text: 'unknown', colour: 'red' },
    waiting.length === 0 ? '0' : { text: String(waiting.length), colour: 'yellow' },
  ];
}

function placeLines({ name, held, waiting }: ListedPool): string[] {
  const line = (verb: string) => (place: Waiting) =>
    `${name}: ${place.holder.workflowId} ${verb} ${place.slots} for ${place.id}${keptText(place)}`;
  return [
    ...held.slice(0, NAMED).map(line('has')),
    ...waiting.slice(0, NAMED).map(line('waits for')),
    ...(held.length > NAMED || waiting.length > NAMED
      ? [`${name}: all of them: assay pools list --json`]
      : []),
  ];
}

type Waiting = ListedPool['waiting'][number];

function keptText({ meanwhile = [] }: Waiting): string {
  const kept = meanwhile.map(({ pool, id, slots }) => `${slots} of ${pool} for ${id}`);
  return kept.length === 0 ? '' : `, and meanwhile has ${kept.join(', ')}`;
}

/** Also of those that the lists above have left out. */
function deadlockLines(listed: readonly ListedPool[]): string[] {
  const stuck = listed.flatMap(({ name, waiting }) =>
    waiting.filter((place) => place.deadlocked === true).map((place) => ({ name, place })),
  );
  const wanted = new Set(stuck.map(({ name }) => name));
  const ends = stuck.find(({ place: { meanwhile = [] } }) => meanwhile.some(({ pool }) => wanted.has(pool)));
  if (ends === undefined) return [];
  return [
    'these wait for slots that they keep from each other, and none will ever get any:',
    ...stuck.map(
      ({ name, place }) => `  ${place.holder.workflowId} waits for ${name} for ${place.id}${keptText(place)}`,
    ),
    `end one that others wait for: assay runs cancel ${ends.place.holder.workflowId}`,
  ];
}

function slotsArgument(text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= 0 && text.trim() !== '') return number;
  throw new InvalidArgumentError('A whole number from 0 is expected.');
}
