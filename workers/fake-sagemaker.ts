/** Composes the SageMaker for demonstrations: jobs read and write S3 as the environment says, and train on this machine. */
import { createLocalTrainer } from '../activities/training/local-trainer.ts';
import { createAlgorithm } from '../activities/training/sagemaker/fake/algorithm.ts';
import { startFakeSageMaker, type FakeSageMaker } from '../activities/training/sagemaker/fake/server.ts';
import type { Env } from './env.ts';
import { openStore } from './stores.ts';

export interface FakeSageMakerOptions {
  readonly port: number;
  /** Milliseconds that each state of a job lasts at least. */
  readonly pace: number;
  readonly quota: number;
  /** Where state changes are posted, as EventBridge would. */
  readonly events?: string;
}

const EVENTS = { seed: 1, spread: 1_000 };

/** @throws Error where XGBoost is not set up */
export function openFakeSageMaker(
  env: Env,
  { events, ...options }: FakeSageMakerOptions,
): Promise<FakeSageMaker> {
  const { xgboostLibrary: library, s3 } = env;
  if (library === undefined)
    throw new Error('ASSAY_XGBOOST names no library; `assay doctor` says how to get it.');
  const deliver = async (event: object): Promise<void> => {
    await fetch(events ?? '', { method: 'POST', body: JSON.stringify(event) });
  };
  return startFakeSageMaker({
    ...options,
    algorithm: createAlgorithm({
      bucket: (name) => openStore(`s3://${name}`, s3),
      trainer: (store) => createLocalTrainer({ store, library }),
    }),
    ...(events !== undefined && { events: { ...EVENTS, deliver } }),
  });
}
