/**
 * A long job of a system elsewhere, in one activity that follows it to its end and keeps with its heartbeats how far
 * it has come: after a worker's death another goes on from there, and the job is never submitted twice. Simpler than
 * `trainedBySageMaker`, which holds no worker while the job runs.
 *
 * It needs SageMaker, or `node scripts/fake-sagemaker.mjs`, whose address is then ASSAY_SAGEMAKER_ENDPOINT and in whose
 * place no role is needed; and rows in S3, which a training has left there (`assay demo --store s3://bucket/prefix`):
 *
 *   $ export ASSAY_STORE=s3://bucket/prefix AWS_REGION=… ASSAY_TRAINER=sagemaker ASSAY_SAGEMAKER_ROLE=arn:…
 *   $ assay up
 *   $ assay runs trigger followedJob --params '{"channel":"training/…/train"}' --watch
 */
import { z } from 'zod';

import type { JobActivities, JobOrder } from '../../activities/training/sagemaker/contract.ts';
import { activities } from '../../workflows/engine/activities.ts';
import { toFailure } from '../../workflows/engine/failures.ts';
import { pipeline } from '../../workflows/engine/pipeline.ts';
import { FORGIVING, PATIENT } from '../../workflows/engine/profiles.ts';

const jobs = activities<JobActivities>('jobs', PATIENT);

const Params = () =>
  z.object({
    /** Folder in the store: Parquet, FLOAT columns only, the label first. */
    channel: z.string().min(1),
    rounds: z.int().min(1).max(1000).default(50),
  });

export const followedJob = pipeline(
  {
    name: 'followedJob',
    description: 'follows a long job elsewhere, and picks it up again after a kill',
    params: Params,
    retries: FORGIVING,
    tags: ['example'],
  },
  (run) => {
    const { channel, rounds } = run.params;
    const order: JobOrder = {
      project: 'example',
      family: 'boosted',
      trial: 0,
      // Not in the channel: the next job would take it for rows.
      root: `examples/${run.id}`,
      channels: { train: [channel] },
      hyperparameters: { objective: 'binary:logistic', tree_method: 'hist', num_round: String(rounds) },
    };
    return run.task('job', async ({ key }) => {
      const { job, end } = await jobs.follow({ order, key });
      if (end?.kind === 'failed') throw toFailure(end.error);
      return { job, end: end?.kind };
    });
  },
);
