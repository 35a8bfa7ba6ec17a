import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it, vi } from 'vitest';

import type { ObjectInfo, ObjectStore } from '../activities/store/contract.ts';
import type { Story } from '../clients/demo/story.ts';
import { HISTORY_MONTHS, LIVE_MONTHS } from '../pipelines/readmission/calendar.ts';
import { readmission } from '../pipelines/readmission/project.ts';
import { build } from '../scripts/build.mjs';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import type { Embedded } from './embedded.ts';
import { commits, compareTables, registryOf, runsOf } from './testing/compare.ts';
import { descendantsOf, isAlive } from './testing/processes.ts';
import { CONTROL, makeBatches, tell, WORK, type Telling } from './testing/telling.ts';

const SAMPLE = {
  seed: 1,
  history: { rows: 6_000, months: HISTORY_MONTHS },
  live: { rowsPerMonth: 600, months: LIVE_MONTHS.slice(0, 2) },
  driftFrom: '2025-05',
};

/** Where a worker dies by its own hand, at the very instruction; what was about to be, or just was, made durable. */
const MOMENTS = [
  {
    name: 'bronze is committed, its rejects are not',
    when: 'after',
    object: 'lake/bronze/readmission/_delta_log/0{20}.json$',
  },
  {
    name: 'silver has its files, but no commit',
    when: 'before',
    object: 'lake/silver/readmission/_delta_log/0{20}.json$',
  },
  {
    name: 'features are committed, labels are not',
    when: 'after',
    object: 'lake/gold/readmission_features/_delta_log/0{19}1.json$',
  },
  {
    name: 'a run is claimed, and nobody has heard it',
    when: 'after',
    object: 'training.readmission-2025-05-01[^/]*/1.claim$',
  },
  {
    name: 'a retraining is decided on, and not yet started',
    when: 'after',
    object: 'registry/readmission/log/0{19}2.json$',
  },
  {
    name: 'a version has its number, but no artefacts',
    when: 'after',
    object: 'registry/readmission/versions/1/metadata.json$',
  },
  {
    name: 'the champion is named, and nobody has heard it',
    when: 'after',
    // After two decisions, the registration and the gate.
    object: 'registry/readmission/log/0{19}5.json$',
  },
  {
    name: 'the governor is told of drift, and has not yet decided',
    when: 'before',
    object: 'registry/readmission/log/0{19}6.json$',
  },
  {
    name: 'scores have their files, but no commit',
    when: 'before',
    object: 'readmission_predictions/_delta_log/0{20}.json$',
  },
] as const;

const MODEL = 'readmission';
const TABLES = new Set(Object.values(readmission.tables));
/** The run that trains first. */
const TRAINING = 'training.readmission-2025-05-01T00:00:00Z';

interface Interrupted {
  /** Finished trials, when the worker was gone. */
  readonly trials: readonly ObjectInfo[];
  readonly trainers: readonly number[];
}

describe('a worker that is killed with -9', () => {
  let folder: string;
  let batches: Story['batches'];
  let undisturbed: Telling;
  let disturbed: Telling;
  let search: Interrupted;
  const marks = (): string => join(folder, 'marks');

  beforeAll(async () => {
    await build();
    folder = await temporaryFolder('kill');
    await mkdir(marks());
    batches = await makeBatches(join(folder, 'files'), SAMPLE);
    undisturbed = await tell(join(folder, 'undisturbed'), batches);
    const dieAt = new URL('./testing/die-at.mjs', import.meta.url).href;
    const variables = {
      NODE_OPTIONS: `--import=${dieAt}`,
      DIE_AT: JSON.stringify(MOMENTS),
      DIE_MARKS: marks(),
    };
    disturbed = await tell(
      join(folder, 'disturbed'),
      batches,
      variables,
      async (embedded, { store }, over) => {
        search = await killInSearch(embedded, store, over);
      },
    );
  }, 600_000);

  it('was killed at every moment that was meant', async () => {
    expect((await readdir(marks())).toSorted()).toEqual(MOMENTS.map(({ name }) => name).toSorted());
    const control = `worker ${CONTROL} ended (SIGKILL); starting it again`;
    const work = `worker ${WORK} ended (SIGKILL); starting it again`;
    expect(disturbed.notes.toSorted()).toEqual([
      ...Array.from({ length: 5 }, () => control),
      ...Array.from({ length: 5 }, () => work),
    ]);
    expect(undisturbed.notes).toEqual([]);
  });

  it('leaves every table as it would have been, row for row, and commits nothing twice', async () => {
    const tables = await compareTables(undisturbed.services, disturbed.services);
    expect(new Set(tables.map(({ table }) => table))).toEqual(TABLES);
    expect(tables.filter(({ rows }) => Object.keys(rows).length === 0)).toEqual([]);
    expect(tables.filter(({ different }) => Object.keys(different).length > 0)).toEqual([]);
    expect(await commits(disturbed.services)).toEqual(await commits(undisturbed.services));
  });

  it('registers, judges and promotes the same models, each once', async () => {
    const registry = await registryOf(disturbed.services, MODEL);
    expect(registry).toEqual(await registryOf(undisturbed.services, MODEL));
    const log = await disturbed.services.registry.log(MODEL);
    const said = log
      .filter(({ kind }) => kind !== 'decision')
      .map(({ kind, version }) => `${kind} ${version}`);
    expect(said.slice(0, 3)).toEqual(['registered 1', 'gate 1', 'alias 1']);
    expect(said.toSorted()).toEqual([...new Set(said)].toSorted());
  });

  it('decides once on the drift that it was told of, and retrains once for each decision', async () => {
    const log = await disturbed.services.registry.log(MODEL);
    const decisions = log.flatMap((entry) =>
      entry.kind === 'decision' ? [{ number: entry.number, ...entry.decision }] : [],
    );
    const onDrift = decisions.filter(
      ({ asOf, reasons }) =>
        asOf === '2025-05-01T00:00:00Z' && reasons.some(({ measure }) => measure.startsWith('feature_psi')),
    );
    // The moment at which it was killed; it needs two such intervals in a row to retrain.
    expect(onDrift).toMatchObject([{ number: 6, decision: 'schedule' }]);
    const decided = decisions.flatMap(({ decision, asOf }) => (decision === 'retrain' ? [asOf] : []));
    const { runs } = await disturbed.services.ledger.list({ pipeline: 'retraining' });
    expect(decided).toHaveLength(2);
    expect(runs.map(({ run }) => run).toSorted()).toEqual(
      decided.map((asOf) => `retraining.${MODEL}-${asOf}`).toSorted(),
    );
  });

  it('tells the same months', () => {
    const figures = ({ months }: Telling): unknown => months.map(({ seconds: _seconds, ...month }) => month);
    expect(figures(disturbed)).toEqual(figures(undisturbed));
  });

  it('ends every run once, as a success', async () => {
    const runs = await runsOf(disturbed.services);
    expect(runs).toEqual(await runsOf(undisturbed.services));
    expect(runs).not.toEqual([]);
    for (const run of runs) expect(run).toMatchObject({ state: 'success', failed: [], attempts: [1] });
    expect(await disturbed.services.ledger.open()).toEqual([]);
  });

  it('trains no finished trial again, and leaves no trainer behind', async () => {
    const { trials, trainers } = search;
    expect(trials.length).toBeGreaterThanOrEqual(2);
    expect(trials.length).toBeLessThan(6);
    const now = await finishedTrials(disturbed.services.store);
    expect(now).toHaveLength(6);
    expect(now).toEqual(expect.arrayContaining([...trials]));
    expect(trainers.some(isAlive)).toBe(false);
    const record = await disturbed.services.ledger.record(TRAINING);
    const candidates = record?.tasks.filter(({ name }) => name.startsWith('candidate-')) ?? [];
    expect(candidates).toHaveLength(3);
    expect(candidates.filter(({ tries }) => tries > 1)).toHaveLength(1);
  });
});

/** Kills the worker while a trainer runs and two trials have their results. */
async function killInSearch(embedded: Embedded, store: ObjectStore, over: AbortSignal): Promise<Interrupted> {
  while (!over.aborted) {
    const worker = embedded.pids().get(WORK) ?? 0;
    const trials = await finishedTrials(store);
    const trainers = trials.length < 2 ? [] : trainersOf(worker);
    if (trainers.length > 0) {
      process.kill(worker, 'SIGKILL');
      await vi.waitFor(() => expect([worker, ...trainers].some(isAlive)).toBe(false), { timeout: 10_000 });
      return { trials: await finishedTrials(store), trainers };
    }
    await sleep(20);
  }
  throw new Error('the story was over before a search could be interrupted');
}

function trainersOf(worker: number): number[] {
  return descendantsOf(worker)
    .filter(({ command }) => command.includes('xgboost/process.js'))
    .map(({ pid }) => pid);
}

async function finishedTrials(store: ObjectStore): Promise<ObjectInfo[]> {
  const found: ObjectInfo[] = [];
  for await (const object of store.list('training/')) {
    if (object.key.includes(`/search/${TRAINING}/`)) found.push(object);
  }
  return found;
}
