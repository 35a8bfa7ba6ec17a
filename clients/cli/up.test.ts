import { Command } from 'commander';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Embedded } from '../../workers/embedded.ts';
import { createOutput } from './output.ts';
import { registerUp } from './up.ts';

describe('assay up', () => {
  let notes = '';
  beforeEach(() => {
    notes = '';
  });

  const machine = (lost: Promise<string> = new Promise(() => undefined)): Embedded & { stopped: number } => ({
    address: '127.0.0.1:7233',
    ui: 'http://127.0.0.1:8233',
    stopped: 0,
    lost,
    pids: () => new Map(),
    async stop() {
      this.stopped += 1;
    },
  });

  const up = async (
    embedded: Embedded,
    applySchedules = async (address: string): Promise<{ change: string }[]> =>
      address === '127.0.0.1:7233' ? [{ change: 'create' }, { change: 'remove' }] : [],
  ): Promise<number> => {
    let code = -1;
    const program = new Command();
    registerUp(program, {
      output: createOutput({ write: () => true }, { write: (text) => (notes += text) }),
      services: async () => ({ startEmbedded: async () => embedded, applySchedules }),
      exit: (given) => (code = given),
    });
    await program.parseAsync(['up'], { from: 'user' });
    return code;
  };

  it('says where the server and the Web UI are, and stops everything on a signal', async () => {
    const embedded = machine();
    const code = up(embedded);
    await vi.waitFor(() => expect(notes).toContain('Ctrl-C stops'));
    expect(notes).toContain('Web UI    http://127.0.0.1:8233\n');
    expect(notes).toContain('schedules 1: assay schedules list\n');
    expect(embedded.stopped).toBe(0);
    process.emit('SIGTERM', 'SIGTERM');
    expect(await code).toBe(0);
    expect(embedded.stopped).toBe(1);
  });

  it('ends with a failure when the server is lost', async () => {
    const embedded = machine(Promise.resolve('SIGKILL'));
    expect(await up(embedded)).toBe(2);
    expect(notes).toContain('The Temporal server has ended by itself (SIGKILL).');
    expect(embedded.stopped).toBe(1);
  });

  it('goes on without schedules that can not be applied, and says why', async () => {
    const ended = up(machine(), () => Promise.reject(new Error('nightly never fires')));
    await vi.waitFor(() => expect(notes).toContain('Ctrl-C stops'));
    expect(notes).toContain('error: nightly never fires\n');
    process.emit('SIGTERM', 'SIGTERM');
    expect(await ended).toBe(0);
  });

  it('listens to signals no longer when it has ended', async () => {
    const before = process.listenerCount('SIGINT');
    await up(machine(Promise.resolve('exit code 1')));
    expect(process.listenerCount('SIGINT')).toBe(before);
  });
});
