/** The training loop: one library call per round, so that progress and early stopping are ours. */
import { ApplicationFailure } from '@temporalio/common';

import type { Round } from '../trainer.ts';
import { Booster, type Metrics } from './booster.ts';
import type { XgboostLibrary } from './library.ts';
import type { Matrix } from './matrix.ts';

export interface BoostInput {
  readonly train: Matrix;
  readonly validation?: Matrix;
  /** SageMaker's strings. */
  readonly hyperparameters: Readonly<Record<string, string>>;
  readonly threads: number;
}

export interface Boosted {
  readonly model: Uint8Array;
  readonly rounds: number;
  readonly metrics: Metrics;
}

/** Metrics that are better when larger; all others are losses. */
const MAXIMISED = /-(auc|aucpr|pre|map|ndcg)(@|$)/;

/** The event loop turns between rounds, so that an orphan notices that its parent is gone. */
export async function boost(
  library: XgboostLibrary,
  input: BoostInput,
  onRound: (round: Round) => void,
): Promise<Boosted> {
  const plan = readPlan(input);
  const matrices = input.validation ? { validation: input.validation } : {};
  const booster = new Booster(library, [input.train, ...Object.values(matrices)]);
  try {
    for (const [name, value] of plan.settings) booster.set(name, value);
    let best: Round | undefined;
    let last: Round = { round: -1, metrics: {} };
    while (last.round + 1 < plan.rounds) {
      const round = last.round + 1;
      booster.update(round, input.train);
      last = { round, metrics: input.validation ? booster.evaluate(round, matrices) : {} };
      refuseUndefined(last);
      onRound(last);
      if (isBetter(last.metrics, best?.metrics)) best = last;
      if (plan.patience !== undefined && round - (best ?? last).round >= plan.patience) break;
      await new Promise(setImmediate);
    }
    return finish(booster, plan.patience === undefined ? last : (best ?? last), last);
  } finally {
    booster[Symbol.dispose]();
  }
}

interface Plan {
  readonly rounds: number;
  /** Rounds without a better one before training stops. */
  readonly patience?: number;
  readonly settings: readonly (readonly [string, string])[];
}

function readPlan({ hyperparameters, validation, threads }: BoostInput): Plan {
  const {
    num_round: rounds,
    early_stopping_rounds: patience,
    eval_metric: metrics,
    ...rest
  } = hyperparameters;
  const settings: [string, string][] = Object.entries({ ...rest, nthread: String(threads) });
  for (const metric of metrics?.split(',') ?? []) settings.push(['eval_metric', metric.trim()]);
  const plan = { rounds: positiveInteger('num_round', rounds), settings };
  if (patience === undefined) return plan;
  if (!validation) throw invalid('early_stopping_rounds needs a validation channel to look at');
  if (rest['booster'] === 'gblinear') throw invalid('gblinear has no rounds to cut, so it cannot stop early');
  return { ...plan, patience: positiveInteger('early_stopping_rounds', patience) };
}

function positiveInteger(name: string, text: string | undefined): number {
  if (text === undefined || !/^[1-9]\d*$/.test(text)) {
    throw invalid(`${name} must be a positive whole number, not ${JSON.stringify(text)}`);
  }
  return Number(text);
}

/** By the last metric, as SageMaker does. */
function isBetter(metrics: Metrics, best: Metrics | undefined): boolean {
  const name = Object.keys(metrics).at(-1);
  if (name === undefined || best === undefined) return true;
  const [now, before] = [metrics[name] ?? Number.NaN, best[name] ?? Number.NaN];
  return MAXIMISED.test(name) ? now > before : now < before;
}

function refuseUndefined({ round, metrics }: Round): void {
  const undefinedOnes = Object.entries(metrics).filter(([, value]) => !Number.isFinite(value));
  if (undefinedOnes.length === 0) return;
  throw ApplicationFailure.nonRetryable(
    `Round ${round} has no ${undefinedOnes.map(([name]) => name).join(', ')}: training diverged, or the validation channel holds one class only.`,
    'TrainingFailed',
  );
}

function finish(booster: Booster, kept: Round, last: Round): Boosted {
  const rounds = kept.round + 1;
  if (kept.round === last.round) return { model: booster.save(), rounds, metrics: kept.metrics };
  const cut = booster.firstRounds(rounds);
  try {
    return { model: cut.save(), rounds, metrics: kept.metrics };
  } finally {
    cut[Symbol.dispose]();
  }
}

function invalid(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, 'InvalidHyperparameters');
}
