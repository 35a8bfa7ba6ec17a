/** `assay up`: server, Web UI, workers and schedules in the foreground, until Ctrl-C. */
import type { Command } from 'commander';
import type { Embedded } from '../../workers/embedded.ts';
import { action, example, type CommandContext } from './command.ts';
import { printFailure, type ExitCode } from './failure.ts';
import type { Output } from './output.ts';

export interface UpServices {
  /** Starts the server and the workers; resolves when they can take runs. */
  readonly startEmbedded: () => Promise<Embedded>;
  /** Makes the server have the declared schedules. @param address of the server */
  readonly applySchedules: (address: string) => Promise<readonly { readonly change: string }[]>;
}

/** Ctrl-C, an orderly end from outside, a closed terminal. */
const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** The server went away by itself. */
const BROKEN = 2;

export function registerUp(program: Command, context: CommandContext<UpServices>): void {
  program
    .command('up')
    .description('a Temporal server with its Web UI, the workers and the schedules, until Ctrl-C')
    .addHelpText('before', example('assay up'))
    .action(
      action(context, async ({ startEmbedded, applySchedules }) => {
        const { output } = context;
        const embedded = await startEmbedded();
        output.note(`Temporal  ${embedded.address}`);
        if (embedded.ui !== undefined) output.note(`Web UI    ${embedded.ui}`);
        await schedules(output, () => applySchedules(embedded.address));
        output.note('Ctrl-C stops the workers and the server.');
        return untilStopped(embedded, output);
      }),
    );
}

/** What is wrong with them must not keep the rest from its work. */
async function schedules(
  output: Output,
  apply: () => ReturnType<UpServices['applySchedules']>,
): Promise<void> {
  try {
    const standing = (await apply()).filter(({ change }) => change !== 'remove');
    output.note(`schedules ${standing.length}: assay schedules list`);
  } catch (error) {
    printFailure(output, error);
  }
}

/** Waits for a signal or for the loss of the server, stops everything, and returns the exit code. */
export async function untilStopped(embedded: Embedded, output: Output): Promise<ExitCode> {
  const asked = listen();
  try {
    const lost = await Promise.race([asked.signal, embedded.lost]);
    if (lost === undefined) return 0;
    output.note(`The Temporal server has ended by itself (${lost}).`);
    return BROKEN;
  } finally {
    output.note('stopping …');
    await embedded.stop();
    asked.forget();
  }
}

/** Heard until `forget`: a second Ctrl-C must not cut the stopping short. */
function listen(): { signal: Promise<undefined>; forget: () => void } {
  let heard = (): void => undefined;
  const signal = new Promise<undefined>((resolve) => {
    heard = () => resolve(undefined);
  });
  for (const name of STOP_SIGNALS) process.on(name, heard);
  return { signal, forget: () => STOP_SIGNALS.forEach((name) => process.off(name, heard)) };
}
