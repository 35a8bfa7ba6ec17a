/** New code takes over from old, on a real server: workers of two builds, with the same pipeline as each has it. */
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import type { WorkerOptions } from '@temporalio/worker';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';

import { unservedQueues, useVersion, workerVersions } from '../clients/workers/versions.ts';
import { UNVERSIONED } from '../workflows/domain/deployment.ts';
import { startKit, type Kit } from '../workflows/engine/testing/kit.ts';
import { evolving, keeper } from '../workflows/engine/testing/evolution/one.ts';
import { evolving as newer, keeper as newKeeper } from '../workflows/engine/testing/evolution/two.ts';
import { createProbe } from '../workflows/engine/testing/probe.ts';
import { bundleWorkflows } from './bundle.ts';

type Build = 'one' | 'two';

const WAIT = { timeout: 30_000, interval: 50 };

const bundles = new Map<Build, WorkerOptions['workflowBundle']>();
const probe = createProbe();
let kit: Kit;

beforeAll(async () => {
  for (const build of ['one', 'two'] as const) {
    const path = `../workflows/engine/testing/evolution/${build}.ts`;
    bundles.set(build, await bundleWorkflows({ workflows: fileURLToPath(new URL(path, import.meta.url)) }));
  }
});
afterEach(() => kit.stop());
afterAll(() => bundles.clear());

async function open(moves: boolean): Promise<void> {
  kit = await startKit({ pipelines: [evolving], activities: probe.activities, worker: false, moves });
}

function worker(build: Build, isVersioned: boolean): Promise<() => Promise<void>> {
  const workflowBundle = bundles.get(build);
  const deploymentName = isVersioned ? deployment() : `${deployment()}${UNVERSIONED}`;
  const version = { deploymentName, buildId: build };
  return kit.addWorker({
    ...(workflowBundle && { workflowBundle }),
    workerDeploymentOptions: isVersioned
      ? { version, useWorkerVersioning: true, defaultVersioningBehavior: 'PINNED' }
      : { version, useWorkerVersioning: false },
  });
}

/** A run that waits to be let go on. */
async function waiting(): Promise<WorkflowHandleWithFirstExecutionRunId> {
  const handle = await kit.start(evolving, { fireTime: '2026-01-01T00:00:00Z' });
  for (;;) {
    const record = await kit.query(handle).catch(() => undefined);
    if (record?.tasks.some(({ name, state }) => name === 'opened' && state === 'deferred')) return handle;
    await sleep(50);
  }
}

/** Its first task is done: from now on it stands in the code that there was. */
async function isTakenUp(handle: WorkflowHandleWithFirstExecutionRunId): Promise<boolean> {
  const { events } = await handle.fetchHistory();
  return events?.some(({ workflowTaskCompletedEventAttributes: done }) => Boolean(done)) ?? false;
}

/** The server is everybody's: each test has a deployment of its own. */
const deployment = (): string => `assay-${kit.taskQueue}`;

async function current(build: Build): Promise<void> {
  // As `assay workers wait` does: what serves fewer queues than the current version can't take its place.
  while ((await unservedQueues(kit.client, build, deployment()))?.length !== 0) await sleep(100);
  await useVersion(kit.client, build, { deploymentName: deployment() });
}

const release = (handle: WorkflowHandleWithFirstExecutionRunId): Promise<void> =>
  kit.client.workflow.getHandle(handle.workflowId).signal('open');

describe('a run whose workers get other code', () => {
  it('goes on in the new code from its memo, where new workers take the place of the old', async () => {
    await open(false);
    const before = probe.calls('"first of one"');
    const stop = await worker('one', false);
    const handle = await waiting();
    await stop();
    await worker('two', false);
    await release(handle);
    expect(await handle.result()).toEqual(['first of one', 'last of two']);
    expect(probe.calls('"first of one"') - before).toBe(1);
    expect((await kit.client.workflow.getHandle(handle.workflowId).describe()).runId).not.toBe(
      handle.firstExecutionRunId,
    );
  });

  it('stays with the old code, where its workers are kept, while new runs get the new', async () => {
    await open(false);
    await worker('one', true);
    await current('one');
    const handle = await waiting();
    await worker('two', true);
    await current('two');
    await release(handle);
    expect(await handle.result()).toEqual(['first of one', 'last of one']);
    const next = await kit.start(newer, { fireTime: '2026-01-02T00:00:00Z' });
    await release(next);
    expect(await next.result()).toEqual(['first of two', 'last of two']);
    const [newest, older] = await workerVersions(kit.client, deployment());
    expect(newest).toMatchObject({ version: 'two', state: 'current' });
    expect(older?.state).toMatch(/^drain/);
  });

  it('moves to the new code as soon as that is current, where runs are to', async () => {
    await open(true);
    await worker('one', true);
    await current('one');
    const handle = await waiting();
    await worker('two', true);
    await current('two');
    await release(handle);
    expect(await handle.result()).toEqual(['first of one', 'last of two']);
  });
});

describe('a workflow that stands for as long as there are workers', () => {
  it.each([true, false])('is taken over by new code (versioned workers: %s)', async (isVersioned) => {
    await open(false);
    const stop = await worker('one', isVersioned);
    if (isVersioned) await current('one');
    expect(newKeeper.name).toBe(keeper.name);
    const handle = await kit.start(keeper.name);
    await vi.waitFor(async () => expect(await isTakenUp(handle)).toBe(true), WAIT);
    await worker('two', isVersioned);
    if (isVersioned) await current('two');
    await stop();
    await handle.signal('tell');
    expect(await handle.result()).toBe('two');
  });
});

describe('the current version', () => {
  it('is refused where no workers of that build have registered', async () => {
    await open(false);
    await expect(useVersion(kit.client, 'nobody')).rejects.toMatchObject({ type: 'NoSuchWorkers' });
  });
});
