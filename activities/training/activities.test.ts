import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { encodedColumns, type Encoder } from '../../workflows/domain/encoder.ts';
import type { ProjectSpec } from '../../workflows/domain/project.ts';
import { runAttempt, type Attempt } from '../attempt.ts';
import { temporaryLake, type TemporaryLake } from '../lake/testing/temporary-lake.ts';
import { findProject } from '../project/activities.ts';
import { createTrainingActivities } from './activities.ts';
import type { Candidate, Dataset, TrainingActivities, TrainingSnapshot } from './contract.ts';
import { createLocalTrainer } from './local-trainer.ts';
import { compileTrainingProcess, type Compiled } from './testing/compiled.ts';
import { xgboostPath } from './testing/library.ts';
import { syntheticProject, TRAINING, writeSynthetic } from './testing/project.ts';
import type { Trainer } from './trainer.ts';
import { createPredictor } from './xgboost/predictor.ts';

const ROWS = 6_000;
/** Four of the five months have matured by then. */
const AS_OF = '2025-06-05T00:00:00Z';

let lake: TemporaryLake;
let compiled: Compiled;
let trainer: Trainer;
let training: TrainingActivities;
let snapshot: TrainingSnapshot;
let dataset: Dataset;

const projects = {
  visits: syntheticProject(),
  folded: syntheticProject({ ...TRAINING, selection: { by: 'cross-validation', folds: 3 } }),
  recent: syntheticProject({ ...TRAINING, window: 2 }),
  corrected: syntheticProject({ ...TRAINING, correctIntercept: true }),
  repeated: syntheticProject({ ...TRAINING, seeds: 3 }),
  greedy: syntheticProject({
    ...TRAINING,
    families: { boosted: { trials: 1, rounds: 5, fixed: { eta: '0.9' }, search: {} } },
  }),
};
const spec = (project: string): ProjectSpec => findProject(projects, project);

beforeAll(async () => {
  lake = await temporaryLake();
  compiled = compileTrainingProcess();
  await writeSynthetic(lake, ROWS);
  const library = await xgboostPath();
  trainer = createLocalTrainer({ store: lake.store, library, entry: compiled.entry });
  const predict = createPredictor(library);
  training = createTrainingActivities({ ...lake, spec, trainer, predict });
  snapshot = await training.snapshot({ project: 'visits', asOf: AS_OF });
  dataset = await training.prepare({ project: 'visits', snapshot, key: 'run/1/prepare' });
});
afterAll(async () => {
  compiled.remove();
  await lake.close();
});

function sql<T>(text: string, params: Record<string, string> = {}): Promise<T[]> {
  return lake.duckdb.session((session) => session.rows<T>(text, params));
}

async function file(prefix: string): Promise<string> {
  return lake.store.stage(`${prefix}/part-0.parquet`);
}

describe('snapshot', () => {
  it('pins versions and takes the intervals whose labels are all known', () => {
    expect(snapshot.intervals).toEqual([1, 2, 3, 4].map((month) => `2025-0${month}-01T00:00:00Z`));
    expect(snapshot.rows).toBe((ROWS * 4) / 5);
    expect(snapshot.features).toEqual({ table: 'gold/visits_features', version: 0 });
  });

  it('has the same digest whenever the same may be learnt from', async () => {
    const later = await training.snapshot({ project: 'visits', asOf: '2025-06-20T00:00:00Z' });
    const muchLater = await training.snapshot({ project: 'visits', asOf: '2025-12-01T00:00:00Z' });
    expect(later.digest).toBe(snapshot.digest);
    expect(muchLater.digest).not.toBe(snapshot.digest);
  });

  it('is empty, and no failure, where nothing has matured', async () => {
    const early = await training.snapshot({ project: 'visits', asOf: '2025-01-15T00:00:00Z' });
    expect(early).toMatchObject({ intervals: [], rows: 0, positives: 0 });
  });
});

describe('prepare', () => {
  it('says what there is and what is needed where too little has matured', async () => {
    const early = await training.snapshot({ project: 'visits', asOf: '2025-01-15T00:00:00Z' });
    await expect(
      training.prepare({ project: 'visits', snapshot: early, key: 'early' }),
    ).rejects.toMatchObject({
      type: 'NotEnoughData',
      nonRetryable: true,
      message: expect.stringMatching(/0 intervals .* 0 rows, 0 of them positive; at least 100/),
    });
  });

  it('makes the newest fifth the test part, whole', async () => {
    const [rows] = await sql<{ n: number; first: number }>(
      'SELECT count(*) AS n, min(visit) AS first FROM read_parquet($f)',
      { f: await file(dataset.test.prefix) },
    );
    expect(dataset.test.rows).toBe(snapshot.rows * 0.2);
    // Visits of the fixture are numbered in time order.
    expect(rows).toEqual({ n: dataset.test.rows, first: snapshot.rows * 0.8 });
    expect(dataset.trainedUntil).toEqual({
      interval: '2025-04-01T00:00:00Z',
      key: String(snapshot.rows * 0.8 - 1),
    });
  });

  it('removes rows of tested people from the training side, and counts them', () => {
    const kept = dataset.channels.train.rows + (dataset.channels.validation?.rows ?? 0);
    expect(dataset.removedForTestEntities).toBeGreaterThan(0);
    expect(kept + dataset.removedForTestEntities + dataset.test.rows).toBe(snapshot.rows);
  });

  it('writes FLOAT channels with the label first, whose columns are the encoder’s', async () => {
    const encoder: Encoder = JSON.parse(Buffer.from(await lake.store.get(dataset.encoder.key)).toString());
    const described = await sql<{ column_name: string; column_type: string }>(
      'DESCRIBE SELECT * FROM read_parquet($f)',
      { f: await file(dataset.channels.train.prefix) },
    );
    expect(described.map(({ column_name }) => column_name)).toEqual(['label', ...encodedColumns(encoder)]);
    expect(new Set(described.map(({ column_type }) => column_type))).toEqual(new Set(['FLOAT']));
    expect(encoder.numeric).toMatchObject([
      { column: 'age', indicator: false },
      { column: 'days', indicator: true },
    ]);
    expect(encoder.categorical[0]).toEqual({ column: 'ward', categories: ['east', 'north', 'south'] });
  });

  it('keeps key, entity, interval, slices and label beside the test part’s features', async () => {
    const described = await sql<{ column_name: string }>('DESCRIBE SELECT * FROM read_parquet($f)', {
      f: await file(dataset.test.prefix),
    });
    const names = described.map(({ column_name }) => column_name).filter((name) => !/^f\d+$/.test(name));
    expect(names).toEqual(['visit', 'person', '_interval', 'sex', 'returned']);
  });

  it('comes out byte for byte the same when a try is repeated', async () => {
    const again = await training.prepare({ project: 'visits', snapshot, key: 'run/2/prepare' });
    expect(again).toEqual(dataset);
  });
});

describe('a window', () => {
  it('leaves out what is older than it, for the first model', async () => {
    const recent = await training.prepare({ project: 'recent', snapshot, key: 'w/1/prepare' });
    expect(recent.snapshot.intervals).toEqual(snapshot.intervals.slice(-2));
    expect(recent.snapshot.rows).toBe(snapshot.rows / 2);
    const { channels, test, removedForTestEntities } = recent;
    const learnt = channels.train.rows + (channels.validation?.rows ?? 0);
    expect(learnt + test.rows + removedForTestEntities).toBe(snapshot.rows / 2);
    expect(recent.digest).not.toBe(dataset.digest);
  });

  it('comes on top of what is kept for judging against a champion', async () => {
    const [first = ''] = snapshot.intervals;
    const judged = await training.prepare({
      project: 'recent',
      snapshot: { ...snapshot, matured: snapshot.matured.map((month) => ({ ...month, positives: 900 })) },
      championUntil: first,
      key: 'w/2/prepare',
    });
    // The newest is judged on, the two before it are learnt from.
    expect(judged.snapshot.intervals).toEqual(snapshot.intervals.slice(-3));
    expect(judged.trainedUntil.interval).toBe(snapshot.intervals.at(-2));
    expect(judged.test.rows).toBe(snapshot.rows / 4);
  });
});

describe('correct', () => {
  it.each(['boosted', 'forest', 'linear'] as const)(
    'moves the base score of a %s model alone, until its scores of the newest rows add up to what happened',
    async (family) => {
      const project = 'corrected';
      const prepared = await training.prepare({ project, snapshot, key: 'i/1/prepare' });
      expect(prepared.newest?.interval).toBe(prepared.trainedUntil.interval);
      const candidate = await training.search({ project, dataset: prepared, family, key: `i/1/${family}` });
      const corrected = await training.correct({ project, dataset: prepared, candidate, key: 'i/1/c' });
      const { shift, rows, positives } = corrected.intercept!;
      expect(rows).toBe(prepared.newest?.rows);
      expect(positives).toBe(prepared.newest?.positives);
      const [before, after] = await scoresOf(prepared, candidate, corrected);
      const sum = after!.reduce((total, score) => total + score, 0);
      expect(sum / positives).toBeCloseTo(1, 4);
      const logit = (score: number): number => Math.log(score / (1 - score));
      for (const row of [0, 1, 2]) expect(logit(after![row]!) - logit(before![row]!)).toBeCloseTo(shift, 3);
    },
  );

  it('leaves a candidate as it is where the project asks for nothing', async () => {
    const candidate = await training.search({ project: 'visits', dataset, family: 'linear', key: 'i/2/l' });
    expect(dataset.newest).toBeUndefined();
    const input = { project: 'visits', dataset, candidate, key: 'i/2/c' };
    expect(await training.correct(input)).toEqual(candidate);
  });

  /** Of the newest rows, by the trainer. */
  async function scoresOf(prepared: Dataset, ...models: Candidate[]): Promise<Float32Array[]> {
    const predict = createPredictor(await xgboostPath());
    const path = await file(prepared.newest!.prefix);
    return lake.duckdb.session(async (session) => {
      const rows = await session.rows<Record<string, number>>(
        'SELECT * EXCLUDE label FROM read_parquet($path)',
        {
          path,
        },
      );
      const values = Float32Array.from(
        rows.flatMap((row) => Object.values(row).map((cell) => cell ?? Number.NaN)),
      );
      return Promise.all(
        models.map(async ({ model }) =>
          predict(await lake.store.get(model.key), values, rows.length, values.length / rows.length),
        ),
      );
    });
  }
});

describe('reseed', () => {
  it('trains a recipe again with other seeds alone, and goes on where a killed worker stopped', async () => {
    const candidate = await training.search({ project: 'visits', dataset, family: 'forest', key: 's/1/f' });
    const jobs: Readonly<Record<string, string>>[] = [];
    const dies: Trainer = {
      train: (job, onRound, signal) => {
        jobs.push(job.hyperparameters);
        if (jobs.length === 2) throw new Error('killed');
        return trainer.train(job, onRound, signal);
      },
    };
    const input = { project: 'repeated', dataset, candidate, key: 's/1/reseed' };
    const activities = createTrainingActivities({ ...lake, spec, trainer: dies });
    await expect(activities.reseed(input)).rejects.toThrow('killed');
    const spread = await activities.reseed(input);
    expect(jobs).toHaveLength(4);
    const recipes = jobs.map((job) => JSON.stringify({ ...job, seed: 'any' }));
    expect(new Set(recipes).size).toBe(1);
    const seeds = [1, 2, 3].map((further) => String(TRAINING.seed + further));
    expect(new Set(jobs.map(({ seed }) => seed))).toEqual(new Set(seeds));
    expect(spread?.rows).toBe(dataset.channels.validation?.rows);
    expect(new Set(spread?.aucs).size).toBe(3);
    const [a = 0, b = 0, c = 0] = spread?.aucs ?? [];
    const mean = (a + b + c) / 3;
    const variance = ((a - mean) ** 2 + (b - mean) ** 2 + (c - mean) ** 2) / 2;
    expect(spread?.standardDeviation).toBeCloseTo(Math.sqrt(variance), 12);
  });

  it('does nothing where the project asks for none', async () => {
    const candidate = await training.search({ project: 'visits', dataset, family: 'linear', key: 's/2/l' });
    expect(await training.reseed({ project: 'visits', dataset, candidate, key: 's/2/reseed' })).toBeNull();
  });
});

describe('search', () => {
  it('keeps the trial with the highest validation AUC, and finds the signal', async () => {
    const candidate = await training.search({
      project: 'visits',
      dataset,
      family: 'boosted',
      key: 'a/1/boosted',
    });
    const stored = await Promise.all(
      [0, 1, 2].map(async (trial) => {
        const key = `training/${dataset.digest}/search/a/1/boosted/boosted/${trial}.json`;
        return JSON.parse(Buffer.from(await lake.store.get(key)).toString());
      }),
    );
    expect(candidate.validation.auc).toBe(Math.max(...stored.map(({ validation }) => validation.auc)));
    expect(candidate.validation.auc).toBeGreaterThan(0.6);
    expect(candidate.rounds).toBeLessThanOrEqual(40);
    expect((await lake.store.get(candidate.model.key)).length).toBe(candidate.model.bytes);
  });

  it.each(['boosted', 'forest', 'linear'] as const)(
    'trains the same %s model from the same snapshot and seed',
    async (family) => {
      const [one, two] = [
        await training.search({ project: 'visits', dataset, family, key: `one/1/${family}` }),
        await training.search({ project: 'visits', dataset, family, key: `two/1/${family}` }),
      ];
      expect(two.model).toEqual(one.model);
      expect(two.validation).toEqual(one.validation);
    },
  );

  it('begins at the first trial without a result after its worker was killed', async () => {
    const trained: string[] = [];
    const dies: Trainer = {
      train: (job, onRound, signal) => {
        trained.push(job.hyperparameters['max_depth'] ?? '');
        if (trained.length === 3) throw new Error('killed');
        return trainer.train(job, onRound, signal);
      },
    };
    const input = { project: 'visits', dataset, family: 'boosted', key: 'killed/1/boosted' } as const;
    const first = createTrainingActivities({ ...lake, spec, trainer: dies });
    await expect(first.search(input)).rejects.toThrow('killed');
    const resumed = await first.search(input);
    expect(trained).toHaveLength(4);
    const undisturbed = await training.search({ ...input, key: 'undisturbed/1/boosted' });
    expect(resumed.model).toEqual(undisturbed.model);
  });

  it('reports every round as progress', async () => {
    const reported: unknown[] = [];
    const silent: Attempt = {
      signal: new AbortController().signal,
      log: () => undefined,
      progress: (details) => reported.push(details),
      measure: () => undefined,
      resumeFrom: undefined,
    };
    await runAttempt(silent, () =>
      training.search({ project: 'visits', dataset, family: 'forest', key: 'p/1/forest' }),
    );
    expect(reported).toEqual([expect.objectContaining({ family: 'forest', trial: 0, trials: 1, round: 0 })]);
  });

  it('judges by cross-validation where the project says so, and trains the winner on all folds', async () => {
    const folded = await training.prepare({ project: 'folded', snapshot, key: 'f/1/prepare' });
    expect(folded.folds).toHaveLength(3);
    expect(folded.folds?.reduce((sum, { rows }) => sum + rows, 0)).toBe(folded.channels.train.rows);
    const candidate = await training.search({
      project: 'folded',
      dataset: folded,
      family: 'boosted',
      key: 'f/1/b',
    });
    expect(candidate.validation.auc).toBeGreaterThan(0.6);
    expect(candidate.model.bytes).toBeGreaterThan(0);
  });

  it('refuses a family outside its bounds, and one that nobody declared', async () => {
    const greedy = { project: 'greedy', dataset, key: 'g/1/g' };
    await expect(training.search({ ...greedy, family: 'boosted' })).rejects.toMatchObject({
      type: 'InvalidSpec',
    });
    await expect(training.search({ ...greedy, family: 'linear' })).rejects.toMatchObject({
      type: 'UnknownFamily',
    });
  });
});
