import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { startEmbedded, type Embedded, type EmbeddedOptions } from './embedded.ts';
import { commandLines, isAlive } from './testing/processes.ts';

const file = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

describe('startEmbedded', () => {
  let logFolder: string;
  beforeEach(async () => {
    logFolder = await temporaryFolder('embedded');
  });

  const start = (behaviour: string, more: Partial<EmbeddedOptions> = {}): Promise<Embedded> =>
    startEmbedded({
      command: process.env['ASSAY_TEMPORAL_BIN'] ?? 'temporal',
      entry: file('./testing/fake-worker.mjs'),
      processes: [['control'], ['data', 'training']],
      env: { ...process.env, FAKE_WORKER: behaviour },
      logFolder,
      ui: false,
      ports: 'any',
      note: () => undefined,
      ...more,
    });

  it('runs a server and its workers, and leaves no process behind when it is stopped', async () => {
    const embedded = await start('polls');
    const pids = embedded.pids();
    expect([...pids.keys()]).toEqual(['temporal', 'control', 'data,training']);
    expect([...pids.values()].every(isAlive)).toBe(true);
    await embedded.stop();
    expect([...pids.values()].some(isAlive)).toBe(false);
  });

  it('says so when the server dies by itself', async () => {
    const embedded = await start('polls');
    process.kill(embedded.pids().get('temporal') ?? 0, 'SIGKILL');
    expect(await embedded.lost).toBe('SIGKILL');
    await embedded.stop();
  });

  it('starts no server of its own where one is configured', async () => {
    const embedded = await start('polls', { address: 'temporal.example:7233' });
    expect(embedded.address).toBe('temporal.example:7233');
    expect([...embedded.pids().keys()]).toEqual(['control', 'data,training']);
    await embedded.stop();
  });

  it('takes everything down again when a worker cannot start', async () => {
    // The file's name stands in the server's command line, by which it would be found.
    const databaseFile = join(logFolder, 'temporal.db');
    await expect(start('cannot-start', { databaseFile })).rejects.toThrow('no route to the lake');
    expect(commandLines().filter((line) => line.includes(databaseFile))).toEqual([]);
  });

  it('leaves no process behind when it is killed with -9 itself', async (ctx) => {
    if (!existsSync(file('../dist/workers/embedded.js')))
      return ctx.skip('dist/ is not there: npm run build');
    const holder = spawn(process.execPath, [file('./testing/hold-embedded.mjs'), logFolder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [said] = (await once(holder.stdout, 'data')) as [Buffer];
    const pids = JSON.parse(said.toString()) as number[];
    expect(pids).toHaveLength(3);
    expect(pids.every(isAlive)).toBe(true);
    holder.kill('SIGKILL');
    await vi.waitFor(() => expect(pids.some(isAlive)).toBe(false), { timeout: 30_000, interval: 200 });
  });
});
