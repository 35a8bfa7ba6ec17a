/** `assay demo` as far as it refuses before anything is started. */
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';

import { registerDemo } from './demo.ts';
import { createOutput } from './output.ts';

async function refusal(...args: readonly string[]): Promise<{ code: number; stderr: string }> {
  const said = { code: -1, stderr: '' };
  const output = createOutput({ write: () => true }, { write: (text) => (said.stderr += text) });
  const program = new Command('assay').exitOverride();
  const services = async (): Promise<never> =>
    ({ startEmbedded: () => Promise.reject(new Error('a server was started')) }) as never;
  registerDemo(program, { output, services, exit: (code) => (said.code = code) });
  await program.parseAsync(['demo', ...args], { from: 'user' });
  return said;
}

describe('assay demo', () => {
  it.each<[string, string[], string]>([
    ['a file that is not there', ['--data', '/no/such/file.csv'], "/no/such/file.csv can't be read"],
    ['more months than there are', ['--batches', '7'], 'there are 6 live months, not 7'],
  ])('refuses %s before it starts a server', async (_what, args, message) => {
    const { code, stderr } = await refusal(...args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr).toContain('next: assay demo');
    expect(stderr).not.toContain('a server was started');
  });
});
