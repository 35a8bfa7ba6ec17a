/**
 * The search of one family: each trial trained, judged, and its result stored at once, so that
 * whoever takes over from a killed worker begins at the first trial without one.
 */
import { mean } from 'simple-statistics';

import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ApplicationFailure } from '@temporalio/common';

import type { FamilySpec, ProjectSpec } from '../../workflows/domain/project.ts';
import type { ArtefactRef } from '../../workflows/domain/reference.ts';
import { drawTrials, type Hyperparameters } from '../../workflows/domain/trials.ts';
import { selectCandidate } from '../../workflows/domain/selection.ts';
import { writeArtefact } from '../artefact.ts';
import { attempt } from '../attempt.ts';
import type { ObjectStore } from '../store/contract.ts';
import type { Candidate, Channel, Dataset, Family } from './contract.ts';
import { invalidChannel, type TrainedModel, type Trainer, type TrainingJob } from './trainer.ts';

export interface SearchDependencies {
  readonly store: ObjectStore;
  readonly trainer: Trainer;
  /** Folder for what a job needs for a moment; the system's own by default. */
  readonly scratch?: string;
}

export interface SearchInput {
  readonly dataset: Dataset;
  readonly family: Family;
  readonly key: string;
}

/** A candidate as stored; under cross-validation it has no model until it has won. */
type Trial = Omit<Candidate, 'model'> & { readonly model?: ArtefactRef };

/** @throws UnknownFamily, InvalidSpec, and what the trainer throws */
export async function searchFamily(
  dependencies: SearchDependencies,
  spec: ProjectSpec,
  input: SearchInput,
): Promise<Candidate> {
  const context: TrialContext = { ...input, ...dependencies, root: `training/${input.dataset.digest}` };
  const drawn = drawFor(spec, input);
  const trials: Trial[] = [];
  for (const [trial, hyperparameters] of drawn.entries()) {
    attempt().signal.throwIfAborted();
    const key = `${context.root}/search/${input.key}/${input.family}/${trial}.json`;
    const plan = { trial, trials: drawn.length, hyperparameters };
    trials.push((await storedTrial(context.store, key, plan)) ?? (await runTrial(context, key, plan)));
  }
  const best = selectCandidate(trials);
  if (!best)
    throw ApplicationFailure.nonRetryable(`No ${input.family} trial has finite figures.`, 'TrainingFailed');
  const model = best.model ?? (await refit(context, best));
  const seconds = trials.reduce((total, trial) => total + trial.seconds, 0);
  return { ...best, model, seconds };
}

interface TrialContext extends SearchInput, SearchDependencies {
  readonly root: string;
}

interface TrialPlan {
  readonly trial: number;
  readonly trials: number;
  readonly hyperparameters: Hyperparameters;
}

/** @throws UnknownFamily, InvalidSpec */
export function drawFor(
  spec: ProjectSpec,
  { dataset, family }: Pick<SearchInput, 'dataset' | 'family'>,
): Hyperparameters[] {
  const familySpec: FamilySpec | undefined = spec.training.families[family];
  if (!familySpec) {
    const known = Object.keys(spec.training.families).join(', ');
    const message = `Project ${spec.name} declares no family ${family}; it declares ${known}.`;
    throw ApplicationFailure.nonRetryable(message, 'UnknownFamily', { family });
  }
  try {
    return drawTrials(familySpec, { family, seed: spec.training.seed, eventRate: dataset.eventRate });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw ApplicationFailure.nonRetryable(`${error.message}. Change the ranges of ${family}.`, 'InvalidSpec');
  }
}

/** What a killed try has left, unless the plan has changed since. */
async function storedTrial(store: ObjectStore, key: string, plan: TrialPlan): Promise<Trial | undefined> {
  if (!(await store.head(key))) return undefined;
  const found: Trial = JSON.parse(Buffer.from(await store.get(key)).toString());
  const same = JSON.stringify(found.hyperparameters) === JSON.stringify(plan.hyperparameters);
  return same ? found : undefined;
}

async function runTrial(context: TrialContext, key: string, plan: TrialPlan): Promise<Trial> {
  const started = performance.now();
  const { dataset, family } = context;
  const { channels, folds } = dataset;
  const judged = folds
    ? await crossValidate(context, plan, folds)
    : await validate(context, plan, channels.train, channels.validation);
  const trial: Trial = { family, ...plan, ...judged, seconds: (performance.now() - started) / 1000 };
  await context.store.put(key, JSON.stringify(trial));
  const { auc, logLoss } = trial.validation;
  attempt().log('trial finished', { family, trial: plan.trial, rounds: trial.rounds, auc, logLoss });
  return trial;
}

type Judged = Pick<Trial, 'rounds' | 'validation' | 'model'>;

async function validate(
  context: TrialContext,
  plan: TrialPlan,
  train: Channel,
  validation: Channel | undefined,
): Promise<Judged> {
  if (!validation) throw invalidChannel();
  const channels = { train: [train.prefix], validation: [validation.prefix] };
  return trainOnce(context, plan, channels, async (trained) => ({
    rounds: trained.rounds,
    validation: figures(trained),
    model: await storeModel(context, trained.modelFile),
  }));
}

/** Each fold judges a model of the others; figures are means, and so is the number of rounds. */
async function crossValidate(
  context: TrialContext,
  plan: TrialPlan,
  folds: readonly Channel[],
): Promise<Judged> {
  const results: { rounds: number; auc: number; logLoss: number }[] = [];
  for (const fold of folds) {
    const train = folds.filter((other) => other !== fold).map(({ prefix }) => prefix);
    const channels = { train, validation: [fold.prefix] };
    results.push(
      await trainOnce(context, plan, channels, async (trained) => ({
        rounds: trained.rounds,
        ...figures(trained),
      })),
    );
  }
  const meanOf = (of: 'rounds' | 'auc' | 'logLoss'): number => mean(results.map((result) => result[of]));
  return {
    rounds: Math.round(meanOf('rounds')),
    validation: { auc: meanOf('auc'), logLoss: meanOf('logLoss') },
  };
}

/** The winner of a cross-validation, trained on all folds for as many rounds as it took on average. */
function refit(context: TrialContext, best: Trial): Promise<ArtefactRef> {
  const { early_stopping_rounds: _, ...rest } = best.hyperparameters;
  const hyperparameters = { ...rest, num_round: String(best.rounds) };
  const channels = { train: [context.dataset.channels.train.prefix] };
  return trainOnce(context, { ...best, hyperparameters }, channels, ({ modelFile }) =>
    storeModel(context, modelFile),
  );
}

async function trainOnce<T>(
  { trainer, scratch = tmpdir(), family }: TrialContext,
  { trial, trials, hyperparameters }: TrialPlan,
  channels: TrainingJob['channels'],
  use: (trained: TrainedModel) => Promise<T>,
): Promise<T> {
  const current = attempt();
  await mkdir(scratch, { recursive: true });
  const folder = await mkdtemp(join(scratch, 'assay-training-'));
  try {
    const onRound = (round: object): void => current.progress({ family, trial, trials, ...round });
    return await use(await trainer.train({ channels, hyperparameters, folder }, onRound, current.signal));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function figures({ metrics }: TrainedModel): Candidate['validation'] {
  const [auc, logLoss] = [metrics['validation-auc'], metrics['validation-logloss']];
  if (auc === undefined || logLoss === undefined) {
    const message = `The trainer reported ${Object.keys(metrics).join(', ') || 'no metrics'}, not AUC and log loss.`;
    throw ApplicationFailure.nonRetryable(message, 'TrainingFailed');
  }
  return { auc, logLoss };
}

async function storeModel({ store, root }: TrialContext, file: string): Promise<ArtefactRef> {
  return writeArtefact(store, `${root}/models`, 'ubj', await readFile(file));
}
