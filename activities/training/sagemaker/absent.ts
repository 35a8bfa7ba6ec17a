/** Where no SageMaker is configured: who asks for a job is told so at once, and what to set. */
import { ApplicationFailure } from '@temporalio/common';

import type { JobActivities } from './contract.ts';
import { followJob } from './follow.ts';

/** Between two looks at a job of which this worker knows nothing. */
const POLL = '1s';

/**
 * A job that is there already is not given up: another worker may know of it, or this one after it is mended.
 * @throws NoSageMaker
 */
export function absentJobActivities(): Pick<JobActivities, 'trainer' | 'start' | 'watch' | 'follow'> {
  const jobs: Pick<JobActivities, 'start' | 'watch'> = {
    start: async () => {
      throw ApplicationFailure.nonRetryable(
        'No job can be started: these workers train by themselves, and know of no SageMaker. Start them with ' +
          'ASSAY_TRAINER=sagemaker, ASSAY_STORE=s3://bucket/prefix, AWS_REGION and ASSAY_SAGEMAKER_ROLE.',
        'NoSageMaker',
      );
    },
    watch: async ({ job }) => {
      throw ApplicationFailure.create({
        message: `The job ${job} can't be looked at: this worker knows of no SageMaker. Start it with ASSAY_TRAINER=sagemaker.`,
        type: 'NoSageMaker',
      });
    },
  };
  return {
    ...jobs,
    trainer: async () => ({ kind: 'local' }),
    follow: (asked) => followJob(jobs, asked, POLL),
  };
}
