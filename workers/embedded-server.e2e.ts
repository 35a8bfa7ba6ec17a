import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import {
  SEARCH_ATTRIBUTES,
  startServer,
  type EmbeddedServer,
  type ServerOptions,
} from './embedded-server.ts';
import { isAlive } from './testing/processes.ts';
import { startOrphanGuard, type OrphanGuard } from './orphan-guard.ts';

const command = process.env['ASSAY_TEMPORAL_BIN'] ?? 'temporal';

describe('startServer', () => {
  let folder: string;
  let guard: OrphanGuard;
  let server: EmbeddedServer | undefined;

  beforeEach(async () => {
    folder = await temporaryFolder('server');
    guard = startOrphanGuard();
  });

  afterEach(async () => {
    await server?.stop();
    await guard.release();
  });

  const start = async (more: Partial<ServerOptions> = {}): Promise<EmbeddedServer> => {
    const options = { command, env: process.env, logFolder: folder, guard, ui: false, ports: 'any', ...more };
    server = await startServer(options as ServerOptions);
    return server;
  };

  it('answers with the search attributes of runs, and with its Web UI', async () => {
    const { address, ui } = await start({ ui: true });
    const connection = await Connection.connect({ address });
    const { customAttributes } = await connection.operatorService.listSearchAttributes({
      namespace: 'default',
    });
    await connection.close();
    expect(Object.keys(customAttributes ?? {})).toEqual(
      expect.arrayContaining(Object.keys(SEARCH_ATTRIBUTES)),
    );
    const page = await fetch(ui ?? '');
    expect(page.status).toBe(200);
  });

  it('starts again on the database of an earlier one', async () => {
    const databaseFile = join(folder, 'state', 'temporal.db');
    const first = await start({ databaseFile });
    await first.stop();
    const { address } = await start({ databaseFile });
    const connection = await Connection.connect({ address });
    const { customAttributes } = await connection.operatorService.listSearchAttributes({
      namespace: 'default',
    });
    await connection.close();
    expect(customAttributes).toHaveProperty('AssayPipeline');
  });

  it('is ended by the guard when nobody is left to stop it', async () => {
    const { pid, ended } = await start();
    // The guard's pipe closes exactly as it does when this process is killed.
    await guard.release();
    expect(await ended).toMatch(/SIG|exit code/);
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false));
  });

  it('says why it could not start, with the end of the log', async () => {
    const databaseFile = join(folder, 'not-a-database');
    await expect(start({ command: '/bin/false', databaseFile })).rejects.toThrow(
      'The embedded Temporal server did not start (exit code 1)',
    );
  });
});
