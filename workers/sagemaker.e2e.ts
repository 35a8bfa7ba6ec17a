import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { gatewayMissing, startGateway, type Gateway } from '../activities/store/s3/testing/gateway.ts';
import { createLocalTrainer } from '../activities/training/local-trainer.ts';
import { createAlgorithm } from '../activities/training/sagemaker/fake/algorithm.ts';
import { startFakeSageMaker, type FakeSageMaker } from '../activities/training/sagemaker/fake/server.ts';
import { xgboostPath } from '../activities/training/testing/library.ts';
import { HISTORY_MONTHS, LIVE_MONTHS } from '../pipelines/readmission/calendar.ts';
import { build } from '../scripts/build.mjs';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import type { Embedded } from './embedded.ts';
import { registryOf } from './testing/compare.ts';
import { isAlive } from './testing/processes.ts';
import { CONTROL, makeBatches, tell, WORK, type Telling } from './testing/telling.ts';

const SAMPLE = {
  seed: 1,
  history: { rows: 6_000, months: HISTORY_MONTHS },
  live: { rowsPerMonth: 600, months: LIVE_MONTHS.slice(0, 1) },
  driftFrom: '2025-05',
};
const MODEL = 'readmission';
const PROCESS = pathToFileURL(
  fileURLToPath(new URL('../dist/activities/training/xgboost/process.js', import.meta.url)),
);
/** Of all three families, as the project asks for. */
const TRIALS = 6;

describe.skipIf(gatewayMissing !== undefined)('the main job on S3 and SageMaker', () => {
  let folder: string;
  let gateway: Gateway;
  let fake: FakeSageMaker;
  let here: Telling;
  let there: Telling;
  let interrupted: readonly string[] = [];

  beforeAll(async () => {
    await build();
    folder = await temporaryFolder('on-sagemaker');
    const batches = await makeBatches(join(folder, 'files'), SAMPLE);
    here = await tell(join(folder, 'here'), batches);
    gateway = await startGateway();
    const library = await xgboostPath();
    fake = await startFakeSageMaker({
      pace: 300,
      algorithm: createAlgorithm({
        bucket: () => gateway.store({ prefix: '' }),
        trainer: (store) => createLocalTrainer({ store, library, entry: PROCESS }),
      }),
    });
    const variables = variablesOf(gateway, fake, folder);
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
    there = await tell(join(folder, 'there'), batches, variables, async (embedded, _services, over) => {
      interrupted = await killWhileTraining(embedded, fake, over);
    });
  }, 600_000);
  afterAll(async () => {
    vi.unstubAllEnvs();
    await fake?.stop();
    await gateway?.stop();
  });

  it('makes the models that the local default makes, and promotes the same champion', async () => {
    expect(await registryOf(there.services, MODEL)).toEqual(await registryOf(here.services, MODEL));
    const { champion } = await there.services.registry.aliases(MODEL);
    expect(champion).toBe(1);
  });

  it('starts every job once, though its workers were killed while jobs ran', () => {
    expect(interrupted.length).toBeGreaterThan(0);
    expect(fake.calls.filter((call) => call === 'CreateTrainingJob')).toHaveLength(TRIALS);
    const jobs = [...fake.jobs.values()];
    expect(jobs.map(({ status }) => status)).toEqual(Array(TRIALS).fill('Completed'));
    expect(jobs.every(({ name }) => name.endsWith('-1'))).toBe(true);
  });

  it('keeps with the candidate what its job has cost', async () => {
    const { candidate } = await there.services.registry.version(MODEL, 1);
    expect(fake.jobs.has(candidate.job?.name ?? '')).toBe(true);
    expect(candidate.job).toMatchObject({ spot: true, jobs: 1 });
    expect(candidate.job?.billableSeconds).toBeGreaterThan(0);
    expect(candidate.job?.spotSaving).toBeGreaterThan(0);
  });
});

/** Kills both workers while a job trains. @returns the jobs that were running then */
async function killWhileTraining(
  embedded: Embedded,
  fake: FakeSageMaker,
  over: AbortSignal,
): Promise<readonly string[]> {
  while (!over.aborted) {
    const training = [...fake.jobs.values()].filter(({ secondary }) => secondary === 'Training');
    if (training.length > 0) {
      const workers = [CONTROL, WORK].map((name) => embedded.pids().get(name) ?? 0);
      for (const pid of workers) process.kill(pid, 'SIGKILL');
      await vi.waitFor(() => expect(workers.some(isAlive)).toBe(false), { timeout: 10_000 });
      return training.map(({ name }) => name);
    }
    await sleep(20);
  }
  throw new Error('the story was over before a job could be interrupted');
}

function variablesOf(gateway: Gateway, fake: FakeSageMaker, folder: string): Record<string, string> {
  return {
    AWS_REGION: 'us-east-1',
    AWS_ENDPOINT_URL_S3: gateway.endpoint,
    AWS_ACCESS_KEY_ID: gateway.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: gateway.credentials.secretAccessKey,
    ASSAY_STORE: `s3://${gateway.bucket}/main-job`,
    ASSAY_STAGE_FOLDER: join(folder, 'stage'),
    ASSAY_TRAINER: 'sagemaker',
    ASSAY_SAGEMAKER_ENDPOINT: fake.endpoint,
  };
}
