/** `assay up`: server, Web UI and workers in the foreground, until Ctrl-C. */
import type { Command } from 'commander';
import type { Embedded } from '../../workers/embedded.ts';
import { action, example, type CommandContext } from './command.ts';
import type { ExitCode } from './failure.ts';
import type { Output } from './output.ts';

export interface UpServices {
  /** Starts the server and the workers; resolves when they can take runs. */
  readonly startEmbedded: () => Promise<Embedded>;
}

/** Ctrl-C, an orderly end from outside, a closed terminal. */
const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** The server went away by itself. */
const BROKEN = 2;

export function registerUp(program: Command, context: CommandContext<UpServices>): void {
  program
    .command('up')
    .description('a Temporal server with its Web UI and the workers, until Ctrl-C')
    .addHelpText('before', example('assay up'))
    .action(
      action(context, async ({ startEmbedded }) => {
        const { output } = context;
        const embedded = await startEmbedded();
        output.note(`Temporal  ${embedded.address}`);
        if (embedded.ui !== undefined) output.note(`Web UI    ${embedded.ui}`);
        output.note('Ctrl-C stops the workers and the server.');
        return untilStopped(embedded, output);
      }),
    );
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
