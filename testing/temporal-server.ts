/** One Temporal server and one workflow bundle for all end-to-end tests of a vitest run. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { keepHistories } from '../scripts/histories.mjs';
import { findTemporal } from '../scripts/temporal.mjs';
import { writeBundle } from '../workers/bundle.ts';
import { startServer } from '../workers/embedded-server.ts';
import { startOrphanGuard } from '../workers/orphan-guard.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** `host:port` of the server; empty where only unit tests run. */
    temporalAddress: string;
    /** File with the workflows of the project and of the tests. */
    workflowBundle: string;
  }
}

const registry = fileURLToPath(new URL('../workflows/engine/testing/registry.ts', import.meta.url));

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const filters = process.argv.slice(2).filter((argument) => !argument.startsWith('-') && argument !== 'run');
  const { testFiles } = await project.globTestFiles(filters);
  const isNeeded = testFiles.some((file) => file.endsWith('.e2e.ts'));
  if (!isNeeded) {
    project.provide('temporalAddress', '');
    project.provide('workflowBundle', '');
    return async () => undefined;
  }
  const folder = await mkdtemp(join(tmpdir(), 'assay-tests-'));
  const guard = startOrphanGuard();
  const bundle = join(folder, 'workflows.js');
  const [server] = await Promise.all([
    startServer({
      command: await temporalCommand(),
      env: process.env,
      logFolder: folder,
      guard,
      ui: false,
      ports: 'any',
    }),
    writeBundle(bundle, { workflows: registry }),
  ]);
  project.provide('temporalAddress', server.address);
  project.provide('workflowBundle', bundle);
  return async () => {
    await keepHistories(server.address);
    await server.stop();
    await guard.release();
    await rm(folder, { recursive: true, force: true });
  };
}

async function temporalCommand(): Promise<string> {
  const given = process.env['ASSAY_TEMPORAL_BIN'];
  if (given !== undefined) return given;
  const found = await findTemporal();
  if (found === undefined) throw new Error('there is no temporal command: run `node scripts/setup.mjs`');
  return found.path;
}
