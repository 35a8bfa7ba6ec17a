/** A command as somebody types it: what it prints, what it notes, and its exit code. */
import { Command, CommanderError } from 'commander';

import type { CommandContext } from '../command.ts';
import { createOutput, type Stream } from '../output.ts';

export interface Said {
  /** 2 where the words are wrong, as `main` has it; −1 for a command that has not ended. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** @param args after `assay`; as one string where none of them holds a space */
export async function typed<Services>(
  register: (program: Command, context: CommandContext<Services>) => void,
  services: Services,
  args: string | readonly string[],
  terminal: Pick<Stream, 'isTTY' | 'columns'> = {},
): Promise<Said> {
  const said = { code: -1, stdout: '', stderr: '' };
  const note = (text: string): void => void (said.stderr += text);
  const program = new Command('assay');
  register(program, {
    output: createOutput({ write: (text) => (said.stdout += text), ...terminal }, { write: note }),
    services: async () => services,
    exit: (code) => (said.code = code),
  });
  for (const command of withCommands(program)) command.exitOverride().configureOutput({ writeErr: note });
  const words = typeof args === 'string' ? args.split(' ') : args;
  try {
    await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    said.code = 2;
  }
  return said;
}

function withCommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withCommands)];
}
