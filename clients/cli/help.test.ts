import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';

import { createProgram } from './main.ts';
import { createOutput } from './output.ts';

const silent = { write: () => true };
const { program } = createProgram(createOutput(silent, silent), () => undefined);

function everyCommand(command: Command, words: readonly string[] = []): [string, Command][] {
  const named = [...words, command.name()];
  return [[named.join(' '), command], ...command.commands.flatMap((one) => everyCommand(one, named))];
}

function helpOf(command: Command): string {
  let help = '';
  command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
  return help;
}

describe('--help', () => {
  it.each(everyCommand(program))('of %s begins with an example of that very command', (words, command) => {
    expect(helpOf(command).startsWith('Example:\n')).toBe(true);
    const [, first = ''] = helpOf(command).split('\n');
    expect(first).toMatch(/^ {2}\$ /);
    expect(first).toContain(words);
  });
});
