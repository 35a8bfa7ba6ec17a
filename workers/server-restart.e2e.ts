import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { findTemporal } from '../scripts/temporal.mjs';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { startKit, type Kit } from '../workflows/engine/testing/kit.ts';
import { createProbe } from '../workflows/engine/testing/probe.ts';
import { patience } from '../workflows/engine/testing/waiting.ts';
import { startServer, type EmbeddedServer } from './embedded-server.ts';
import { startOrphanGuard, type OrphanGuard } from './orphan-guard.ts';

const NOT_YET = { type: 'NotYet', permanent: false };
const STEPS = 30;
const FIRE_TIME = '2026-06-01T00:00:00Z';
const probe = createProbe();

let folder: string;
let guard: OrphanGuard;
let server: EmbeddedServer;
let door: Server;
let kit: Kit;

beforeAll(async () => {
  folder = await temporaryFolder('restart');
  guard = startOrphanGuard();
  server = await start();
  door = await openDoor();
  const address = `127.0.0.1:${(door.address() as AddressInfo).port}`;
  kit = await startKit({
    pipelines: [patience],
    activities: probe.activities,
    address,
    expects: [/^gRPC call \w+ retried \d+ times/],
  });
}, 60_000);

afterAll(async () => {
  await kit.stop();
  await new Promise((closed) => void door.close(closed));
  await server.stop();
  await guard.release();
});

async function start(): Promise<EmbeddedServer> {
  const command = process.env['ASSAY_TEMPORAL_BIN'] ?? (await findTemporal())?.path ?? 'temporal';
  const databaseFile = join(folder, 'temporal.db');
  return startServer({
    command,
    env: process.env,
    logFolder: folder,
    guard,
    databaseFile,
    ui: false,
    ports: 'any',
  });
}

/** The one address that workers and clients know, whichever server is behind it. */
async function openDoor(): Promise<Server> {
  const opened = createServer((caller) => {
    const [host, port] = server.address.split(':');
    const callee = connect(Number(port), host);
    caller.pipe(callee).pipe(caller);
    for (const [one, other] of [
      [caller, callee],
      [callee, caller],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  });
  await new Promise<void>((listening) => opened.listen(0, '127.0.0.1', listening));
  return opened;
}

function callsOf(step: number): number {
  return probe.calls(String(step));
}

describe('a run under which the Temporal server is killed and started again', () => {
  it('goes on where it was: what it waits for still comes, and what was done is not done again', async () => {
    probe.fail('patience', ...Array.from({ length: 10_000 }, () => NOT_YET));
    const { workflowId } = await kit.start(patience, { fireTime: FIRE_TIME });
    const run = kit.client.workflow.getHandle(workflowId);
    await run.signal('told', 'before the fall');
    await vi.waitFor(() => expect(callsOf(4)).toBe(1), { timeout: 20_000, interval: 10 });

    process.kill(server.pid, 'SIGKILL');
    await server.ended;
    const done = Array.from({ length: STEPS }, (_, step) => step).filter((step) => callsOf(step) > 0);
    expect(done.length).toBeLessThan(STEPS);
    server = await start();

    probe.fail('patience');
    await vi.waitFor(() => run.signal('early', 'after it'), { timeout: 20_000, interval: 100 });
    expect(await run.result()).toEqual(['patience', 'before the fall', 'after it']);
    const calls = Array.from({ length: STEPS }, (_, step) => callsOf(step));
    // Of the one that was at work the report may have been lost; of those before it there is a record.
    const last = done.at(-1) ?? 0;
    expect(calls.filter((_, step) => step !== last)).toEqual(Array.from({ length: STEPS - 1 }, () => 1));
    expect(await kit.ledger.attempts(`patience-${FIRE_TIME}`)).toEqual([1]);
    expect(await kit.ledger.record(`patience-${FIRE_TIME}`)).toMatchObject({ state: 'success' });
  }, 90_000);
});
