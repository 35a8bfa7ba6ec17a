/**
 * A model trained on SageMaker, registered there and put behind an endpoint, which is taken away again whatever came
 * of it. Airflow writes this chain with an operator and a sensor for each step. Where it runs and on what, says
 * follow-job.pipeline.ts: `assay runs trigger trainRegisterDeploy --params '{"channel":"training/…/train"}' --watch`.
 */
import { z } from 'zod';

import type {
  JobActivities,
  JobOrder,
  ServingActivities,
  TrainerDescription,
} from '../../activities/training/sagemaker/contract.ts';
import { activities } from '../../workflows/engine/activities.ts';
import { toFailure } from '../../workflows/engine/failures.ts';
import { pipeline } from '../../workflows/engine/pipeline.ts';
import { FORGIVING, QUICK } from '../../workflows/engine/profiles.ts';
import { trainedBySageMaker } from '../../workflows/training-job.ts';

const jobs = activities<JobActivities>('jobs', QUICK);
const serving = activities<ServingActivities>('serving', QUICK);

const Params = () =>
  z.object({
    /** Folder in the store: Parquet, FLOAT columns only, the label first. */
    channel: z.string().min(1),
    rounds: z.int().min(1).max(1000).default(50),
    instance: z.string().startsWith('ml.').default('ml.m5.large'),
    lookEverySeconds: z.number().positive().default(20),
  });

export const trainRegisterDeploy = pipeline(
  {
    name: 'trainRegisterDeploy',
    description: 'trains, registers and deploys on SageMaker, and takes the endpoint away again',
    params: Params,
    retries: FORGIVING,
    tags: ['example'],
  },
  async (run) => {
    const { channel, rounds, instance, lookEverySeconds } = run.params;
    const name = run.id
      .replaceAll(/[^A-Za-z0-9]+/g, '-')
      .slice(0, 63)
      .replace(/-$/, '');

    const { retries } = await run.task('trainer', async () => onSageMaker(await jobs.trainer()));
    run.finally('teardown', () => serving.remove({ name }));
    const trained = run.task('train', { retries, pool: 'sagemaker' }, (task) =>
      trainedBySageMaker(orderFor(run.id, channel, rounds), task),
    );
    const registered = run.task('register', { after: [trained] }, ({ usage: { image, archive } }) =>
      serving.createModel({ name, image, archive }),
    );
    const deployed = run.task('deploy', { after: [registered] }, () =>
      serving.createEndpoint({ name, instance }),
    );
    return run.sensor(
      'in-service',
      { after: [deployed], every: lookEverySeconds * 1000, timeout: '30m' },
      () => serving.inService({ name }),
    );
  },
);

/** Before there is anything to take away. */
function onSageMaker(trainer: TrainerDescription): Extract<TrainerDescription, { kind: 'sagemaker' }> {
  if (trainer.kind === 'sagemaker') return trainer;
  const message =
    'these workers train by themselves, and there is no endpoint without SageMaker: start them with ' +
    'ASSAY_TRAINER=sagemaker, ASSAY_STORE=s3://bucket/prefix, AWS_REGION and ASSAY_SAGEMAKER_ROLE';
  throw toFailure({ type: 'NoSageMaker', message });
}

function orderFor(run: string, channel: string, rounds: number): JobOrder {
  return {
    project: 'example',
    family: 'boosted',
    trial: 0,
    // Not in the channel: the next job would take it for rows.
    root: `examples/${run}`,
    channels: { train: [channel] },
    hyperparameters: { objective: 'binary:logistic', tree_method: 'hist', num_round: String(rounds) },
  };
}
