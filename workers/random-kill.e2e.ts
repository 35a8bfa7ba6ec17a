/**
 * Fifty workers killed at random moments, seeded, while their runs go through every state there is; compared with the
 * same runs left alone. Nothing is lost, no effect happens twice, and what was recorded is not done again.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';

import { build } from '../scripts/build.mjs';
import { createLedger } from '../activities/ledger/ledger.ts';
import { createLocalStore } from '../activities/store/local-store.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { parseActivityId, taskLabel } from '../workflows/domain/activity-id.ts';
import { createRandom } from '../workflows/domain/random.ts';
import { runParts } from '../activities/ledger/histories.ts';
import { startOrphanGuard } from './orphan-guard.ts';

const SEEDS = [11, 23, 37, 53, 71];
const KILLS = 10;
/** Runs that are under way when a worker dies. */
const ABREAST = 3;
const script = fileURLToPath(new URL('./testing/gauntlet-worker.mjs', import.meta.url));
const guard = startOrphanGuard();

interface Telling {
  readonly runs: readonly string[];
  readonly kills: number;
  readonly folder: string;
}

describe('a worker killed at random', () => {
  let client: Client;
  let root: string;

  beforeAll(async () => {
    await build();
    root = await temporaryFolder('random-kill');
    client = new Client({ connection: await Connection.connect({ address: inject('temporalAddress') }) });
  });
  afterAll(async () => {
    await client.connection.close();
    await guard.release();
  });

  it('costs time and nothing else, fifty times', async () => {
    const [calm, ...disturbed] = await Promise.all([
      tell(client, root, { seed: 0, kills: 0 }),
      ...SEEDS.map((seed) => tell(client, root, { seed, kills: KILLS })),
    ]);
    const expected = comparable(await record(calm.folder, calm.runs[0] ?? ''));
    const marksPerRun = (await effectsIn(calm.folder)).marks.length / calm.runs.length;
    let effects = 0;
    let again = 0;
    for (const { runs, folder } of disturbed) {
      for (const run of runs) {
        const outcome = { ...comparable(await record(folder, run)), run };
        expect(outcome).toEqual({ ...expected, run });
        expect({ run, twice: await completedTwice(client, folder, run) }).toEqual({ run, twice: [] });
      }
      const found = await effectsIn(folder);
      // Every task that leaves a mark has left one for every run, and nobody else has.
      expect(found.marks.length).toBe(runs.length * marksPerRun);
      effects += found.marks.length;
      again += found.calls - found.marks.length;
    }
    const kills = disturbed.reduce((sum, telling) => sum + telling.kills, 0);
    const runs = disturbed.reduce((sum, telling) => sum + telling.runs.length, 0);
    process.stdout.write(
      `random kills: ${kills} of seeds ${SEEDS.join(', ')} in ${runs} runs; ${effects} effects, none lost, none twice; ` +
        `${again} calls repeated, none whose result was recorded\n`,
    );
    expect(kills).toBe(SEEDS.length * KILLS);
  }, 400_000);
});

/** Runs the gauntlet, three abreast, until so many workers have died; then lets it end. */
async function tell(
  client: Client,
  root: string,
  { seed, kills }: { seed: number; kills: number },
): Promise<Telling> {
  const folder = join(root, String(seed));
  const taskQueue = `gauntlet-${seed}-${Date.now()}`;
  const random = createRandom(`random-kill/${seed}`);
  const starting = { count: 0, results: [] as Promise<unknown>[], runs: [] as string[], open: 0 };
  const startMore = async (): Promise<void> => {
    while (starting.open < ABREAST) {
      starting.open += 1;
      starting.count += 1;
      const key = `k${seed}`;
      const fireTime = new Date(Date.UTC(2026, 0, starting.count)).toISOString().replace('.000', '');
      const workflowId = `gauntlet.${key}-${fireTime}`;
      const handle = await client.workflow.signalWithStart('gauntlet', {
        taskQueue,
        workflowId,
        args: [{ key, fireTime }],
        signal: 'told',
        signalArgs: ['word'],
      });
      starting.runs.push(workflowId);
      const result = handle.result();
      result.finally(() => (starting.open -= 1)).catch(() => undefined);
      starting.results.push(result);
    }
  };
  await startMore();
  let worker = await startWorker(taskQueue, folder);
  let killed = 0;
  onTestFinished(() => void worker.kill('SIGKILL'));
  while (killed < kills) {
    await sleep(50 + random() * 1_500);
    worker.kill('SIGKILL');
    killed += 1;
    await once(worker, 'exit');
    if (killed < kills) await startMore();
    worker = await startWorker(taskQueue, folder);
  }
  await Promise.all(starting.results);
  return { runs: starting.runs, kills: killed, folder };
}

async function startWorker(taskQueue: string, folder: string): Promise<ChildProcess> {
  const args = [script, inject('temporalAddress'), taskQueue, inject('workflowBundle'), folder];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  guard.watch(child.pid ?? 0);
  await once(child.stdout, 'data');
  return child;
}

async function record(folder: string, run: string) {
  const found = await createLedger(createLocalStore(join(folder, 'store'))).record(run);
  if (found === undefined) throw new Error(`${run} left no record`);
  return found;
}

type Found = Awaited<ReturnType<typeof record>>;

/** All but times, tries and what is named after the run. */
function comparable({ state, tasks, result }: Found): object {
  const rows = tasks.map(({ name, index, state, result, after }) => ({
    task: taskLabel(name, index),
    state,
    after,
    result: name === 'asked' || name === 'slept' ? undefined : result,
  }));
  return { state, result, tasks: rows.toSorted((a, b) => (a.task < b.task ? -1 : 1)) };
}

/** Activities of tasks whose results Temporal has more than once: there must be none. */
async function completedTwice(client: Client, folder: string, run: string): Promise<string[]> {
  const { workflowId, workflowRunId: firstRunId } = await record(folder, run);
  if (workflowId === null || firstRunId === null) throw new Error(`${run} does not say who held it`);
  const asked = new Map<string, string>();
  const completed = new Map<string, number>();
  for await (const { events, runId } of runParts(client, { workflowId, firstRunId })) {
    for (const event of events) {
      const scheduled = event.activityTaskScheduledEventAttributes;
      const task = parseActivityId(scheduled?.activityId ?? '');
      const isEffect = scheduled?.activityType?.name === 'effect.mark';
      if (task && isEffect) asked.set(`${runId}/${String(event.eventId)}`, taskLabel(task.task, task.index));
      const done = event.activityTaskCompletedEventAttributes;
      const label = done && asked.get(`${runId}/${String(done.scheduledEventId)}`);
      if (typeof label === 'string') completed.set(label, (completed.get(label) ?? 0) + 1);
    }
  }
  expect(completed.size).toBeGreaterThan(0);
  return [...completed].flatMap(([label, times]) => (times > 1 ? [label] : []));
}

async function effectsIn(folder: string): Promise<{ marks: string[]; calls: number }> {
  const lines = (await readFile(join(folder, 'calls.jsonl'), 'utf8')).trim().split('\n');
  const calls = lines.map((line) => JSON.parse(line) as { what: string; key: string });
  const marked = new Set(calls.filter(({ what }) => what === 'mark').map(({ key }) => key));
  const files = (await readdir(join(folder, 'marks'))).filter((file) => !file.endsWith('.draft'));
  const contents = await Promise.all(files.map((file) => readFile(join(folder, 'marks', file), 'utf8')));
  const keys = contents.map((text) => (JSON.parse(text) as { key: string }).key);
  const marks = keys.filter((key) => marked.has(key));
  return { marks, calls: calls.filter(({ what }) => what === 'mark').length };
}
