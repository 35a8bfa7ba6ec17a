import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { createLocalStore } from '../store/local-store.ts';
import { createLocalTrainer } from './local-trainer.ts';
import { compileTrainingProcess, type Compiled } from './testing/compiled.ts';
import { xgboostPath } from './testing/library.ts';
import type { Round, Trainer, TrainingJob } from './trainer.ts';
import { createPredictor } from './xgboost/predictor.ts';

let folder: string;
let compiled: Compiled;
let library: string;
let trainer: Trainer;

beforeAll(async () => {
  folder = await temporaryFolder('trainer');
  compiled = compileTrainingProcess();
  library = await xgboostPath();
  const store = createLocalStore(join(folder, 'store'));
  trainer = createLocalTrainer({ store, library, entry: compiled.entry });
  for (const [name, rows] of Object.entries({ train: 4_000, validation: 2_000 })) {
    const file = join(folder, `${name}.parquet`);
    await writeChannel(file, rows);
    await store.upload(`channels/${name}/part-0.parquet`, file);
  }
});
afterAll(async () => {
  compiled.remove();
});

/** Label first, FLOAT only; the label depends on the first two of five columns. */
async function writeChannel(file: string, rows: number): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  await connection.run(
    `COPY (
       SELECT CAST((hash(i) % 1000) / 1000 < 1 / (1 + exp(3 - a - b)) AS FLOAT) AS label, a, b, c, d, e
       FROM (SELECT i, ${['a', 'b', 'c', 'd', 'e']
         .map((name, k) => `CAST(hash(i * 7 + ${k}) % 40 / 10 AS FLOAT) AS ${name}`)
         .join(', ')} FROM range(${rows}) AS t(i)) ORDER BY i
     ) TO $file (FORMAT parquet)`,
    { file },
  );
  connection.closeSync();
  instance.closeSync();
}

const FAMILIES: Record<string, Record<string, string>> = {
  boosted: { tree_method: 'hist', eta: '0.1', max_depth: '4', subsample: '0.8', num_round: '30' },
  forest: { tree_method: 'hist', eta: '1', num_parallel_tree: '20', subsample: '0.6', num_round: '1' },
  linear: { booster: 'gblinear', updater: 'coord_descent', lambda: '0.01', num_round: '15' },
};

async function job(over: Record<string, string> = {}, family = 'boosted'): Promise<TrainingJob> {
  const common = { objective: 'binary:logistic', eval_metric: 'logloss,auc', seed: '3' };
  return {
    channels: { train: ['channels/train'], validation: ['channels/validation'] },
    hyperparameters: { ...common, ...FAMILIES[family], ...over },
    folder: await mkdtemp(join(folder, 'job-')),
  };
}

const never = new AbortController().signal;

describe('createLocalTrainer', () => {
  it.each(Object.keys(FAMILIES))(
    'trains a %s model to the same bytes twice, on two threads',
    async (family) => {
      const models: Buffer[] = [];
      for (let time = 0; time < 2; time++) {
        const { modelFile } = await trainer.train(await job({}, family), () => undefined, never);
        models.push(await readFile(modelFile));
      }
      expect(models[0]?.equals(models[1] ?? Buffer.alloc(0))).toBe(true);
      expect(models[0]?.subarray(0, 2).toString()).toBe('{L');
    },
  );

  it('reports every round while it trains', async () => {
    const rounds: Round[] = [];
    const model = await trainer.train(await job(), (round) => rounds.push(round), never);
    expect(rounds.map(({ round }) => round)).toEqual(Array.from({ length: 30 }, (_, index) => index));
    expect(model.metrics).toEqual(rounds.at(-1)?.metrics);
    expect(model.rounds).toBe(30);
  });

  it('leaves a model whose predictions rank as its last round’s figure says', async () => {
    const { modelFile } = await trainer.train(await job(), () => undefined, never);
    const predict = createPredictor(library);
    const low = Float32Array.of(0, 0, 2, 2, 2);
    const high = Float32Array.of(3.9, 3.9, 2, 2, 2);
    const [small = 1, large = 0] = predict(await readFile(modelFile), Float32Array.of(...low, ...high), 2, 5);
    expect(small).toBeLessThan(0.2);
    expect(large).toBeGreaterThan(0.8);
  });

  it('kills its child when it is cancelled', async () => {
    const controller = new AbortController();
    const reason = new Error('cancelled by a person');
    const training = trainer.train(
      await job({ num_round: '1000000' }),
      ({ round }) => round === 3 && controller.abort(reason),
      controller.signal,
    );
    await expect(training).rejects.toBe(reason);
  });

  it('calls a killed child worth another try, and wrong hyperparameters not', async () => {
    const entry = join(folder, 'dying.mjs');
    await writeFile(entry, `process.once('message', () => process.kill(process.pid, 'SIGKILL'));`);
    const store = createLocalStore(join(folder, 'store'));
    const dying = createLocalTrainer({ store, library, entry: pathToFileURL(entry) });
    await expect(dying.train(await job(), () => undefined, never)).rejects.toMatchObject({
      type: 'TrainerDied',
      nonRetryable: false,
      message: expect.stringContaining('SIGKILL'),
    });
    const wrong = trainer.train(await job({ objective: 'binary:nonsense' }), () => undefined, never);
    await expect(wrong).rejects.toMatchObject({ type: 'XgboostError', nonRetryable: true });
  });

  it('leaves no child behind when its own process is killed', async () => {
    const { hyperparameters, folder: target } = await job({ num_round: '1000000' });
    const orphan = {
      library,
      threads: 1,
      train: [join(folder, 'train.parquet')],
      validation: [join(folder, 'validation.parquet')],
      hyperparameters,
      folder: target,
    };
    const script = join(folder, 'parent.mjs');
    await writeFile(
      script,
      `import { fork } from 'node:child_process';
       const child = fork(new URL(${JSON.stringify(compiled.entry.href)}), { execArgv: [] });
       child.once('message', () => console.log(child.pid));
       child.send(${JSON.stringify(orphan)});`,
    );
    const parent = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = await once(parent.stdout, 'data');
    const child = Number(String(line));
    expect(isAlive(child)).toBe(true);
    parent.kill('SIGKILL');
    await vi.waitFor(() => expect(isAlive(child)).toBe(false), { timeout: 30_000, interval: 50 });
  });

  it('names a channel without rows', async () => {
    const empty = { ...(await job()), channels: { train: ['channels/nothing'] } };
    await expect(trainer.train(empty, () => undefined, never)).rejects.toMatchObject({
      type: 'InvalidChannel',
    });
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
