/** Commands that were written wrong: what is wrong with them, and the help of the deepest command that they name. */
import type { Command, CommanderError } from 'commander';

const EMPTY = 'assay.emptyValue';

/** @returns nothing where help was what was asked for, or was shown already */
export function helpFor(
  program: Command,
  args: readonly string[],
  error: CommanderError,
): string | undefined {
  if (error.exitCode === 0 || error.code.startsWith('commander.help')) return undefined;
  return `${named(program, args).join(' ')} --help`;
}

/**
 * Nothing is called by an empty text: one is what a variable of the shell leaves that was never set. To take it for
 * nothing would do something else than was meant.
 */
export function refuseEmptyValues(program: Command): void {
  program.hook('preAction', (_program, command) => {
    const texts = command.registeredArguments.map((argument, at) => [
      argument.name(),
      command.processedArgs[at],
    ]);
    const empty = [...texts, ...Object.entries(command.optsWithGlobals())].find(([, value]) =>
      isEmpty(value),
    );
    if (empty === undefined) return;
    command.error(`error: ${String(empty[0])} is an empty text: give it a value, or leave it out`, {
      exitCode: 2,
      code: EMPTY,
    });
  });
}

function isEmpty(value: unknown): boolean {
  return value === '' || (Array.isArray(value) && value.includes(''));
}

function named(program: Command, args: readonly string[]): string[] {
  let command = program;
  const words = [program.name()];
  for (const word of args) {
    const next = command.commands.find((one) => one.name() === word);
    if (next === undefined) continue;
    command = next;
    words.push(word);
  }
  return words;
}
