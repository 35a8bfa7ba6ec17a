import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { isAlive } from './testing/processes.ts';
import { startOrphanGuard, type OrphanGuard } from './orphan-guard.ts';
import { superviseWorkers, type Supervisor } from './supervisor.ts';

const entry = fileURLToPath(new URL('./testing/fake-worker.mjs', import.meta.url));

describe('superviseWorkers', () => {
  let logFolder: string;
  let guard: OrphanGuard;
  let supervisor: Supervisor | undefined;
  let notes: string[];

  beforeEach(async () => {
    logFolder = await temporaryFolder('supervisor');
    guard = startOrphanGuard();
    notes = [];
  });

  afterEach(async () => {
    await supervisor?.stop();
    await guard.release();
  });

  const supervise = (behaviour: string, processes = [['control'], ['data', 'training']]): Supervisor => {
    supervisor = superviseWorkers({
      entry,
      processes,
      env: { ...process.env, FAKE_WORKER: behaviour },
      logFolder,
      guard,
      note: (text) => notes.push(text),
    });
    return supervisor;
  };

  it('starts one process for each set of queues and waits until all are ready', async () => {
    const workers = supervise('polls');
    await workers.ready();
    expect([...workers.pids().keys()]).toEqual(['control', 'data,training']);
    expect([...workers.pids().values()].every(isAlive)).toBe(true);
    expect(await readFile(join(logFolder, 'worker-control.log'), 'utf8')).toContain('not for the supervisor');
  });

  it('starts a worker again that was killed with -9, and leaves the others alone', async () => {
    const workers = supervise('polls');
    await workers.ready();
    const before = workers.pids();
    const killed = before.get('control') ?? 0;
    process.kill(killed, 'SIGKILL');
    await vi.waitFor(() => {
      const now = workers.pids().get('control') ?? 0;
      expect(now).not.toBe(killed);
      expect(isAlive(now)).toBe(true);
    });
    expect(workers.pids().get('data,training')).toBe(before.get('data,training'));
    expect(notes).toEqual(['worker control ended (SIGKILL); starting it again']);
  });

  it('ends what a killed worker had started before it starts the next', async () => {
    const workers = supervise('trains', [['training']]);
    await workers.ready();
    const trainer = Number(
      /trainer (\d+)/.exec(await readFile(join(logFolder, 'worker-training.log'), 'utf8'))?.[1],
    );
    expect(isAlive(trainer)).toBe(true);
    process.kill(workers.pids().get('training') ?? 0, 'SIGKILL');
    await vi.waitFor(() => expect(isAlive(trainer)).toBe(false));
  });

  it('gives up on a worker that never gets ready and repeats the end of its log', async () => {
    const workers = supervise('cannot-start', [['data']]);
    await expect(workers.ready()).rejects.toThrow(
      /Worker data can't start \(exit code 3\)[^]*no route to the lake/,
    );
  });

  it('leaves no process behind when it is stopped', async () => {
    const workers = supervise('polls');
    await workers.ready();
    const running = [...workers.pids().values()];
    await workers.stop();
    expect(running.some(isAlive)).toBe(false);
    expect(notes).toEqual([]);
  });
});
