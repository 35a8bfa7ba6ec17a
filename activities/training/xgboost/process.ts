/**
 * The training process: one job, asked for and reported by messages. Killing it at any moment
 * costs that job and nothing else; it ends by itself when its parent is gone.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { ApplicationFailure } from '@temporalio/common';

import type { Round, TrainedModel } from '../trainer.ts';
import { boost } from './boost.ts';
import { readChannel } from './channel.ts';
import { loadXgboost } from './library.ts';
import { Matrix } from './matrix.ts';

/** A job whose channels are local files. */
export interface ProcessJob {
  readonly library: string;
  readonly threads: number;
  readonly train: readonly string[];
  readonly validation?: readonly string[];
  readonly hyperparameters: Readonly<Record<string, string>>;
  readonly folder: string;
}

export type ProcessMessage =
  | { readonly kind: 'round'; readonly round: Round }
  | { readonly kind: 'trained'; readonly model: TrainedModel }
  | { readonly kind: 'failed'; readonly type: string; readonly message: string; readonly permanent: boolean };

process.once('disconnect', () => process.exit(1));
process.once('message', (job: ProcessJob) => {
  run(job)
    .then((model) => send({ kind: 'trained', model }))
    .catch((error: unknown) => send(failure(error)))
    .finally(() => process.disconnect());
});

async function run(job: ProcessJob): Promise<TrainedModel> {
  const library = loadXgboost(job.library);
  const options = { threads: job.threads, sparse: job.hyperparameters['booster'] === 'gblinear' };
  const train = new Matrix(library, await readChannel(job.train, job.threads), options);
  const validation = job.validation && {
    validation: new Matrix(library, await readChannel(job.validation, job.threads), options),
  };
  const { hyperparameters, threads } = job;
  const { model, rounds, metrics } = await boost(
    library,
    { train, ...validation, hyperparameters, threads },
    (round) => send({ kind: 'round', round }),
  );
  const modelFile = join(job.folder, 'xgboost-model');
  await writeFile(modelFile, model);
  return { rounds, metrics, modelFile };
}

/** Typed failures are permanent; what nobody foresaw, a full disk perhaps, may pass. */
function failure(error: unknown): ProcessMessage {
  if (error instanceof ApplicationFailure) {
    const { type, message, nonRetryable } = error;
    return { kind: 'failed', type: type ?? 'TrainingFailed', message, permanent: nonRetryable === true };
  }
  return { kind: 'failed', type: 'TrainingFailed', message: String(error), permanent: false };
}

function send(message: ProcessMessage): void {
  process.send?.(message, undefined, undefined, (error) => {
    // Nobody is there to hear it.
    if (error) process.exit(1);
  });
}
