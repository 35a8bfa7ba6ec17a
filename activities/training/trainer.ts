/**
 * The trainer port, in the terms of SageMaker's built-in XGBoost: channels of Parquet (FLOAT, the
 * label first), hyperparameters as strings, a model file out. `local-trainer.ts` trains here and now; in `sagemaker/` the
 * same job is started, watched and collected.
 */
import { ApplicationFailure } from '@temporalio/common';

export interface TrainingJob {
  /** Folders in the store by channel; a channel's folders are read as one. `validation` judges every round. */
  readonly channels: {
    readonly train: readonly string[];
    readonly validation?: readonly string[];
  };
  /**
   * As SageMaker names and spells them. `num_round` is required; `eval_metric` is a list with
   * commas, and `early_stopping_rounds` looks at the last one of it on `validation`.
   */
  readonly hyperparameters: Readonly<Record<string, string>>;
  /** An existing local folder, in which the model file is left. */
  readonly folder: string;
}

/** Metrics by `<channel>-<metric>`, for example `validation-auc`. */
export interface Round {
  readonly round: number;
  readonly metrics: Readonly<Record<string, number>>;
}

export interface TrainedModel {
  /** Boosting rounds in the model: the best one's number where training stopped early. */
  readonly rounds: number;
  /** Of the model as it stands in the file. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Local path of `xgboost-model`, UBJSON. */
  readonly modelFile: string;
}

export interface Trainer {
  /** @throws TrainingFailed, permanent; TrainerDied, worth another try; the signal's reason when it is aborted */
  train(job: TrainingJob, onRound: (round: Round) => void, signal: AbortSignal): Promise<TrainedModel>;
}

export function invalidChannel(): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    'The dataset has neither a validation channel nor folds. Prepare it again.',
    'InvalidChannel',
  );
}
