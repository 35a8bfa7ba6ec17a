import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const MODULE = fileURLToPath(new URL('./with-folder.mjs', import.meta.url));

/** A script that says where its folder is, and then does `what`. */
async function script(what: string, signal?: NodeJS.Signals): Promise<{ folder: string; ended: unknown }> {
  const code = `import { writeFileSync } from 'node:fs';
    import { withFolder } from ${JSON.stringify(MODULE)};
    await withFolder('example', async (folder) => {
      writeFileSync(folder + '/half', 'done');
      console.log(folder);
      ${what}
    });`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = once(child, 'close');
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  if (signal !== undefined) child.kill(signal);
  const [exit] = await ended;
  return { folder: line.toString().trim(), ended: exit };
}

describe('withFolder', () => {
  it('leaves no folder behind when its work is over, and when that has failed', async () => {
    const [over, failed] = await Promise.all([script(''), script(`throw new Error('no');`)]);
    expect([over.ended, failed.ended]).toEqual([0, 1]);
    expect(over.folder).toMatch(/assay-example-\w+$/);
    expect([over, failed].map(({ folder }) => existsSync(folder))).toEqual([false, false]);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('leaves none behind when %s interrupts it, and ends with its code', async (signal, code) => {
    const waiting = 'await new Promise((resolve) => setTimeout(resolve, 60_000));';
    const { folder, ended } = await script(waiting, signal);
    expect(ended).toBe(code);
    expect(existsSync(folder)).toBe(false);
  });
});
