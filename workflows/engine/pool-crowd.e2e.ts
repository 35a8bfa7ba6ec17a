/** Hundreds of waiting tasks on a server that keeps its state in a file, as `assay up` does. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findTemporal } from '../../scripts/temporal.mjs';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { startServer, type EmbeddedServer } from '../../workers/embedded-server.ts';
import { startOrphanGuard } from '../../workers/orphan-guard.ts';
import { startKit, type Kit } from './testing/kit.ts';
import { crowd } from './testing/pool-pipelines.ts';

const RUNS = 5;
const TASKS = 100;
const SLOTS = 25;

const seen = new Set<string>();
let [now, most] = [0, 0];
let folder: string;
let server: EmbeddedServer;
let kit: Kit;
const guard = startOrphanGuard();

beforeAll(async () => {
  folder = await temporaryFolder('crowd');
  const command = process.env['ASSAY_TEMPORAL_BIN'] ?? (await findTemporal())?.path;
  if (command === undefined) throw new Error('there is no temporal command: run `node scripts/setup.mjs`');
  server = await startServer({
    command,
    env: process.env,
    logFolder: folder,
    guard,
    databaseFile: join(folder, 'temporal.db'),
    ui: false,
    ports: 'any',
  });
  kit = await startKit({
    address: server.address,
    pipelines: [crowd],
    pools: { narrow: SLOTS },
    activities: {
      'taking.turn': async ({ task }: { task: string }) => {
        seen.add(task);
        now += 1;
        most = Math.max(most, now);
        await Promise.resolve();
        now -= 1;
      },
    },
  });
});
afterAll(async () => {
  await kit.stop();
  await server.stop();
  await guard.release();
});

describe('a crowd that waits for a pool', () => {
  test(
    'of 500 tasks has all of them done, no more at a time than there are slots',
    { timeout: 300_000 },
    async () => {
      const began = Date.now();
      const runs = await Promise.all(
        Array.from({ length: RUNS }, (_, at) =>
          kit.start(crowd, { key: `run-${at}`, params: { tasks: TASKS } }),
        ),
      );
      await Promise.all(runs.map((run) => run.result()));
      const seconds = (Date.now() - began) / 1000;
      expect(seen.size).toBe(RUNS * TASKS);
      expect(most).toBeLessThanOrEqual(SLOTS);
      process.stdout.write(
        `pool: ${Math.round((RUNS * TASKS) / seconds)} acquisitions per second, ${SLOTS} slots\n`,
      );
    },
  );
});
