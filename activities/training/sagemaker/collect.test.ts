import { mkdtemp, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { temporaryFolder } from '../../../testing/temporary-folder.ts';
import { readArtefact } from '../../artefact.ts';
import { createLocalTrainer } from '../local-trainer.ts';
import { compileTrainingProcess, type Compiled } from '../testing/compiled.ts';
import { xgboostPath } from '../testing/library.ts';
import { writeSyntheticChannel } from '../testing/channel.ts';
import type { Trainer } from '../trainer.ts';
import { createMeasure } from '../xgboost/measure.ts';
import { collectJob, type CollectDependencies } from './collect.ts';
import type { JobOrder, TrainedJob } from './contract.ts';
import { createAlgorithm } from './fake/algorithm.ts';
import { openPlace, ORDER, type Place } from './testing/place.ts';

let place: Place;
let compiled: Compiled;
let scratch: string;
let local: Trainer;
let collecting: CollectDependencies;

const FAMILIES = {
  boosted: { tree_method: 'hist', eta: '0.3', max_depth: '5', num_round: '200', early_stopping_rounds: '5' },
  forest: { tree_method: 'hist', eta: '1', num_parallel_tree: '20', subsample: '0.6', num_round: '1' },
  linear: { booster: 'gblinear', updater: 'coord_descent', lambda: '0.01', num_round: '15' },
} as const;

function orderOf(family: keyof typeof FAMILIES): JobOrder {
  const common = { objective: 'binary:logistic', eval_metric: 'auc,logloss', seed: '3' };
  return { ...ORDER, family, hyperparameters: { ...common, ...FAMILIES[family] } };
}

beforeAll(async () => {
  scratch = await temporaryFolder('collect');
  compiled = compileTrainingProcess();
  const library = await xgboostPath();
  place = await openPlace((bucket) =>
    createAlgorithm({
      bucket: () => bucket,
      trainer: (store) => createLocalTrainer({ store, library, entry: compiled.entry }),
    }),
  );
  const { store } = place;
  await writeSyntheticChannel(store, 'training/abc/train', [0, 3_000]);
  await writeSyntheticChannel(store, 'training/abc/validation', [3_000, 4_500]);
  local = createLocalTrainer({ store, library, entry: compiled.entry });
  collecting = { api: place.api, store, maxModelBytes: 10_000_000, measure: createMeasure(library) };
});
afterAll(async () => {
  await place.close();
  compiled.remove();
});

async function trainedBySageMaker(order: JobOrder, spot = false): Promise<TrainedJob> {
  const jobs = place.jobs(spot ? { spot: { maxWaitSeconds: 7200 } } : {});
  const { job } = await jobs.start({ order, key: `collect/${order.family}/${spot}` });
  const ended = async (): Promise<void> => {
    const { end } = await jobs.watch({ job, seen: '' });
    expect(end).toEqual({ kind: 'completed' });
  };
  await vi.waitFor(ended, { timeout: 30_000, interval: 50 });
  return collectJob(collecting, { order, job });
}

async function trainedHere(order: JobOrder): ReturnType<Trainer['train']> {
  const folder = await mkdtemp(join(scratch, 'job-'));
  return local.train({ ...order, folder }, () => undefined, new AbortController().signal);
}

describe('collectJob', () => {
  it.each(['boosted', 'forest', 'linear'] as const)(
    'brings the %s model that the local trainer makes, byte for byte, with its rounds and figures',
    async (family) => {
      const order = orderOf(family);
      const trained = await trainedBySageMaker(order);
      const here = await trainedHere(order);
      const model = await readArtefact(place.store, trained.model);
      expect(Buffer.from(model).equals(await readFile(here.modelFile))).toBe(true);
      expect(trained.rounds).toBe(here.rounds);
      expect(trained.validation?.auc).toBeCloseTo(here.metrics['validation-auc'] ?? 0, 9);
      expect(trained.validation?.logLoss).toBeCloseTo(here.metrics['validation-logloss'] ?? 0, 6);
    },
  );

  it('tells what the job has reported, which after an early stop is of a later round', async () => {
    const { usage, validation, rounds } = await trainedBySageMaker(orderOf('boosted'));
    expect(rounds).toBeLessThan(200);
    expect(usage.reported['validation-logloss']).toBeGreaterThan(validation?.logLoss ?? 1);
    expect(usage).toMatchObject({ spot: false, spotSaving: 0, jobs: 1, instance: 'ml.m5.large' });
    expect(usage.archive).toMatch(
      /^s3:\/\/bucket\/store\/training\/abc\/sagemaker\/.+\/output\/model\.tar\.gz$/,
    );
  });

  it('tells what spot capacity has saved', async () => {
    const { usage } = await trainedBySageMaker(orderOf('linear'), true);
    expect(usage.spot).toBe(true);
    expect(usage.billableSeconds).toBeGreaterThan(0);
    expect(usage.spotSaving).toBeCloseTo(1 - usage.billableSeconds / usage.trainingSeconds, 12);
  });

  it('refuses a model that is larger than the bound', async () => {
    const { usage } = await trainedBySageMaker(orderOf('forest'));
    const small = { ...collecting, maxModelBytes: 1000 };
    await expect(collectJob(small, { order: orderOf('forest'), job: usage.name })).rejects.toMatchObject({
      type: 'InvalidArchive',
    });
  });

  it('says that a job has no model', async () => {
    await expect(collectJob(collecting, { order: ORDER, job: 'nobody-1' })).rejects.toMatchObject({
      type: 'TrainingJobGone',
    });
  });
});
