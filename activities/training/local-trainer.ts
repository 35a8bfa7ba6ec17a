/** The trainer on this machine: XGBoost's C library in a child process for each job. */
import { fork, type ChildProcess } from 'node:child_process';

import { ApplicationFailure } from '@temporalio/common';

import type { ObjectStore } from '../store/contract.ts';
import type { Round, TrainedModel, Trainer } from './trainer.ts';
import type { ProcessJob, ProcessMessage } from './xgboost/process.ts';

export interface LocalTrainerOptions {
  readonly store: ObjectStore;
  /** Path of XGBoost's C library. */
  readonly library: string;
  /** Cores of the task; 2 by default. */
  readonly threads?: number;
  /** Compiled `xgboost/process.js`; the one beside this file by default. */
  readonly entry?: URL;
}

/** Small models train slower the more threads spin idly: they wait passively instead. */
const ENVIRONMENT = { OMP_WAIT_POLICY: 'passive' };

/** As much of the child's last words as a failure should carry. */
const STDERR_LIMIT = 2_000;

export function createLocalTrainer(options: LocalTrainerOptions): Trainer {
  const { store, library, threads = 2 } = options;
  const entry = options.entry ?? new URL('./xgboost/process.js', import.meta.url);
  return {
    async train({ channels, hyperparameters, folder }, onRound, signal) {
      signal.throwIfAborted();
      const job: ProcessJob = {
        library,
        threads,
        train: await stageAll(store, channels.train),
        ...(channels.validation && { validation: await stageAll(store, channels.validation) }),
        hyperparameters,
        folder,
      };
      return runInChild(entry, job, onRound, signal);
    },
  };
}

async function stageAll(store: ObjectStore, prefixes: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (const prefix of prefixes) {
    const before = files.length;
    for await (const { key } of store.list(`${prefix}/`)) files.push(await store.stage(key));
    if (files.length > before) continue;
    throw ApplicationFailure.nonRetryable(
      `The channel ${prefix} has no files in ${store.uri}. It is written by the task that prepares the dataset: run that again.`,
      'InvalidChannel',
      { prefix },
    );
  }
  return files;
}

function runInChild(
  entry: URL,
  job: ProcessJob,
  onRound: (round: Round) => void,
  signal: AbortSignal,
): Promise<TrainedModel> {
  const child = fork(entry, {
    env: ENVIRONMENT,
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const stop = (): unknown => child.kill('SIGKILL');
  signal.addEventListener('abort', stop, { once: true });
  const outcome = new Promise<TrainedModel>((resolve, reject) => {
    const words = collectStderr(child);
    child.on('message', (message: ProcessMessage) => {
      if (message.kind === 'round') onRound(message.round);
      else if (message.kind === 'trained') resolve(message.model);
      else reject(failed(message));
    });
    child.once('error', reject);
    child.once('exit', (code, name) => {
      reject(signal.aborted ? signal.reason : died(name ?? `exit code ${code}`, words()));
    });
  });
  child.send(job, (error) => error && stop());
  return outcome.finally(() => {
    signal.removeEventListener('abort', stop);
    stop();
  });
}

function collectStderr(child: ChildProcess): () => string {
  let text = '';
  child.stderr?.on('data', (data: Buffer) => {
    text = (text + data.toString()).slice(-STDERR_LIMIT);
  });
  return () => text.trim();
}

function failed({ type, message, permanent }: ProcessMessage & { kind: 'failed' }): ApplicationFailure {
  return ApplicationFailure.create({ message, type, nonRetryable: permanent });
}

function died(how: string, words: string): ApplicationFailure {
  const said = words === '' ? '' : ` It said: ${words}`;
  return ApplicationFailure.create({
    message: `The training process ended without a model (${how}).${said} The candidate is trained again.`,
    type: 'TrainerDied',
    nonRetryable: false,
  });
}
