import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Embedded } from '../../workers/embedded.ts';
import { up } from './up.ts';

describe('up', () => {
  const notes: string[] = [];
  beforeEach(() => void notes.splice(0));
  const note = (text: string): void => void notes.push(text);

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

  it('says where the server and the Web UI are, and stops everything on a signal', async () => {
    const embedded = machine();
    const code = up({ start: async () => embedded, note });
    await vi.waitFor(() => expect(notes).toContain('Web UI    http://127.0.0.1:8233'));
    expect(embedded.stopped).toBe(0);
    process.emit('SIGTERM', 'SIGTERM');
    expect(await code).toBe(0);
    expect(embedded.stopped).toBe(1);
  });

  it('ends with a failure when the server is lost', async () => {
    const embedded = machine(Promise.resolve('SIGKILL'));
    expect(await up({ start: async () => embedded, note })).toBe(2);
    expect(notes).toContain('The Temporal server has ended by itself (SIGKILL).');
    expect(embedded.stopped).toBe(1);
  });

  it('listens to signals no longer when it has ended', async () => {
    const before = process.listenerCount('SIGINT');
    await up({ start: async () => machine(Promise.resolve('exit code 1')), note });
    expect(process.listenerCount('SIGINT')).toBe(before);
  });
});
