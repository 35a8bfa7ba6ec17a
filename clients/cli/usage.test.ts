/** Wrong usage: what is wrong, and the help that says what is right. */
import { CommanderError, Command } from 'commander';
import { describe, expect, it } from 'vitest';

import { positiveInteger } from './arguments.ts';
import { helpFor, refuseEmptyValues } from './usage.ts';

/** What the command printed. */
let said = '';

/** What comes next after `assay …args`. */
async function next(...args: readonly string[]): Promise<string | undefined> {
  said = '';
  const silent = { writeErr: (text: string) => void (said += text), writeOut: () => undefined };
  const program = new Command('assay').exitOverride().configureOutput(silent).option('--store <uri>');
  refuseEmptyValues(program);
  const runs = program.command('runs');
  runs.command('list').option('--limit <n>', 'rows', positiveInteger);
  runs
    .command('show')
    .argument('<id>')
    .option('--task <name...>')
    .action(() => undefined);
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return helpFor(program, args, error);
    throw error;
  }
  throw new Error(`assay ${args.join(' ')} is no wrong usage`);
}

describe('helpFor', () => {
  it.each<[string, string[], string]>([
    ['an unknown noun', ['rums', 'list'], 'assay --help'],
    ['an unknown verb', ['runs', 'lits'], 'assay runs --help'],
    ['an unknown option', ['runs', 'list', '--limt', '3'], 'assay runs list --help'],
    ['a wrong value', ['runs', 'list', '--limit', '-3'], 'assay runs list --help'],
    ['a missing argument', ['runs', 'show'], 'assay runs show --help'],
    ['options before the noun', ['--store', 'here', 'runs', 'show'], 'assay runs show --help'],
  ])('names the help of the command at %s', async (_what, args, expected) => {
    expect(await next(...args)).toBe(expected);
  });

  it('says nothing where help is what was asked for, or is shown already', async () => {
    expect(await next('runs', 'list', '--help')).toBeUndefined();
    expect(await next('runs')).toBeUndefined();
  });
});

describe('refuseEmptyValues', () => {
  it.each<[string, string[]]>([
    ['id', ['runs', 'show', '']],
    ['task', ['runs', 'show', 'a', '--task', 'b', '']],
    ['store', ['--store', '', 'runs', 'show', 'a']],
  ])('names %s where it is empty, and does nothing', async (name, args) => {
    expect(await next(...args)).toBe('assay runs show --help');
    expect(said).toBe(`error: ${name} is an empty text: give it a value, or leave it out\n`);
  });
});
