/** A run that is nothing but training jobs on SageMaker, for the tests of how they are started, watched and stopped. */
import { z } from 'zod';

import type { Dataset } from '../../activities/training/contract.ts';
import type { JobActivities, JobOrder } from '../../activities/training/sagemaker/contract.ts';
import { valuesOf } from '../domain/mapped.ts';
import { activities } from '../engine/activities.ts';
import { pipeline } from '../engine/pipeline.ts';
import { QUICK } from '../engine/profiles.ts';
import { searchFamily } from '../search.ts';
import { trainedBySageMaker } from '../training-job.ts';

const jobs = activities<JobActivities>('jobs', QUICK);

export const trainingJobs = pipeline(
  { name: 'trainingJobs', params: () => z.object({ orders: z.array(z.custom<JobOrder>()) }) },
  async (run) => {
    const trainer = await run.task('trainer', () => jobs.trainer());
    const retries = trainer.kind === 'sagemaker' ? trainer.retries : {};
    const trained = run.map(
      'train',
      { over: run.params.orders, retries, pool: 'sagemaker' },
      trainedBySageMaker,
    );
    return run.task('used', { after: [trained] }, (trained) =>
      valuesOf(trained).map(({ usage }) => usage.name),
    );
  },
);

/** Two families, searched side by side as a training does it. @returns the job that each candidate's model is of */
export const familySearches = pipeline(
  { name: 'familySearches', params: () => z.object({ dataset: z.custom<Dataset>() }) },
  async (run) => {
    const trainer = await run.task('trainer', () => jobs.trainer());
    const dataset = run.task('dataset', () => run.params.dataset);
    const search = { project: 'visits', dataset, trainer };
    const boosted = searchFamily(run, { ...search, family: 'boosted' });
    const linear = searchFamily(run, { ...search, family: 'linear' });
    return run.task('made', { after: [boosted, linear] }, (...made) =>
      made.slice(0, 2).map((candidate) => ('job' in candidate ? candidate.job?.name : undefined)),
    );
  },
);
