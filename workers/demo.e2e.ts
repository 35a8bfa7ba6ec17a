import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { createLocalStore } from '../activities/store/local-store.ts';
import { build } from '../scripts/build.mjs';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { descendantsOf, isAlive } from './testing/processes.ts';

const ASSAY = fileURLToPath(new URL('../bin/assay', import.meta.url));
const WAIT = { timeout: 30_000, interval: 200 };

describe('assay demo', () => {
  let folder: string;
  beforeEach(async () => {
    await build();
    folder = await temporaryFolder('demo');
  });

  it('leaves no process behind when it is killed with -9 at its work', async () => {
    const store = createLocalStore(folder);
    const demo = spawn(process.execPath, [ASSAY, '--store', folder, 'demo'], { stdio: 'ignore' });
    // A first commit: server and workers are at it.
    await vi.waitFor(
      async () => {
        const first = 'lake/bronze/readmission/_delta_log/00000000000000000000.json';
        expect(await store.head(first)).toBeDefined();
      },
      { ...WAIT, timeout: 60_000 },
    );
    const started = descendantsOf(demo.pid ?? 0);
    const commands = started.map(({ command }) => command);
    expect(commands).toContainEqual(expect.stringContaining('server start-dev'));
    expect(commands).toContainEqual(expect.stringContaining('--queues control'));
    expect(commands).toContainEqual(expect.stringContaining('--queues data,training'));
    demo.kill('SIGKILL');
    await vi.waitFor(() => expect(started.filter(({ pid }) => isAlive(pid))).toEqual([]), WAIT);
  });
});
