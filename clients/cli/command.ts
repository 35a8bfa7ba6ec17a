/** How commands are run: with services made at the first use, failures explained, and an exit code. */
import type { ExitCode } from './failure.ts';
import { printFailure } from './failure.ts';
import type { Output } from './output.ts';

export interface CommandContext<Services> {
  readonly output: Output;
  /** Made when the first command asks, so that `--help` and wrong usage stay quick. */
  readonly services: () => Promise<Services>;
  readonly exit: (code: ExitCode) => void;
}

/** Wraps a command's action; what it throws is explained on stderr and ends with code 2. */
export function action<Services, Args extends readonly unknown[]>(
  context: CommandContext<Services>,
  body: (services: Services, ...args: Args) => Promise<ExitCode>,
): (...args: Args) => Promise<void> {
  return async (...args) => {
    try {
      context.exit(await body(await context.services(), ...args));
    } catch (error) {
      context.exit(printFailure(context.output, error));
    }
  };
}

/** The first lines of every `--help` are an example. */
export function example(...lines: readonly string[]): string {
  return `Example:\n${lines.map((line) => `  $ ${line}`).join('\n')}\n`;
}
