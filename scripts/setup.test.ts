import { spawnSync } from 'node:child_process';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';

describe('set-up', () => {
  let folder: string;
  let cache: string;

  beforeEach(async () => {
    folder = await temporaryFolder('setup');
    cache = join(folder, 'cache');
  });

  /** Runs `body` on plain Node with the module at hand as `m`, and with a cache of its own. */
  const script = (
    module: string,
    body: string,
    env: NodeJS.ProcessEnv = {},
  ): { out: string; err: string } => {
    const url = new URL(module, import.meta.url).href;
    const program = `const m = await import(${JSON.stringify(url)});\n${body}`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      env: { ...process.env, ASSAY_CACHE: cache, ...env },
      encoding: 'utf8',
    });
    return { out: stdout.trim(), err: stderr.trim() };
  };

  it('makes a part once, and shows it to nobody before it is whole', async () => {
    const make = `
      const { writeFile, readdir } = await import('node:fs/promises');
      for (const text of ['first', 'second']) {
        await m.installPart('part', async (folder) => {
          await writeFile(folder + '/content', text);
          console.log((await readdir(process.env.ASSAY_CACHE)).includes('part'));
        });
      }`;
    expect(script('./cache.mjs', make).out).toBe('false');
    expect(await readFile(join(cache, 'part', 'content'), 'utf8')).toBe('first');
  });

  it('leaves nothing of a part that could not be made, and makes it the next time', async () => {
    const fail = `await m.installPart('part', async () => { throw new Error('cut off'); })`;
    expect(script('./cache.mjs', fail).err).toContain('cut off');
    expect(await readdir(cache)).toEqual([]);
    script('./cache.mjs', `await m.installPart('part', async () => undefined)`);
    expect(await readdir(cache)).toEqual(['part']);
  });

  it('goes on after a set-up that was killed with -9 in the middle of a part', async () => {
    const hang = `await m.installPart('part', () => { process.kill(process.pid, 'SIGKILL'); })`;
    script('./cache.mjs', hang);
    expect(await readdir(cache)).toContain('part.lock');
    const make = `await m.installPart('part', async (folder) => console.log('made again'))`;
    expect(script('./cache.mjs', make).out).toBe('made again');
    expect(await readdir(cache)).toContain('part');
    expect(await readdir(cache)).not.toContain('part.lock');
  });

  it('refuses a file whose digest is not the pinned one', async () => {
    await writeFile(join(folder, 'temporal'), 'something else');
    const check = `await m.checkDigest(${JSON.stringify(join(folder, 'temporal'))}, 'abc', 'the binary')`;
    expect(script('./cache.mjs', check).err).toMatch(/the binary has sha256 [\da-f]{64}, pinned is abc/);
  });

  it.each([
    ['1.4.9', 'too old'],
    ['1.5.0', 'taken'],
    ['1.10.0', 'taken'],
    ['2.0.0', 'taken'],
  ])('sees a temporal %s on PATH: %s', async (version, verdict) => {
    const bin = join(folder, 'bin');
    await mkdir(bin);
    await writeFile(join(bin, 'temporal'), `#!/bin/sh\necho temporal version ${version}\n`, { mode: 0o755 });
    const { out } = script('./temporal.mjs', 'console.log(JSON.stringify(await m.findTemporal() ?? null))', {
      PATH: `${bin}:${process.env['PATH']}`,
    });
    const expected = verdict === 'taken' ? { path: join(bin, 'temporal'), version, source: 'PATH' } : null;
    expect(JSON.parse(out)).toEqual(expected);
  });

  it('takes the cached temporal when there is none on PATH', async () => {
    await mkdir(join(cache, 'temporal-1.9.1'), { recursive: true });
    await writeFile(join(cache, 'temporal-1.9.1', 'temporal'), '');
    const { out } = script('./temporal.mjs', 'console.log((await m.findTemporal()).source)', {
      PATH: join(folder, 'nothing'),
    });
    expect(out).toBe('cache');
  });
});
