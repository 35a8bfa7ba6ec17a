import { describe, expect, it } from 'vitest';

import { attempt, runAttempt } from '../../attempt.ts';
import { absentJobActivities } from './absent.ts';
import { ORDER } from './testing/place.ts';

describe('absentJobActivities', () => {
  const jobs = absentJobActivities();
  const asked = { order: ORDER, key: 'run/1/job' };

  it('refuses a new job for good, and says what to set', async () => {
    for (const refused of [jobs.start(asked), jobs.follow(asked)]) {
      await expect(refused).rejects.toMatchObject({ type: 'NoSageMaker', nonRetryable: true });
      await expect(refused).rejects.toThrow(/ASSAY_TRAINER=sagemaker, ASSAY_STORE=s3/);
    }
  });

  it('leaves a job that is there already to a later try', async () => {
    const resumeFrom = { job: 'assay-1', status: 'Training' };
    const following = runAttempt({ ...attempt(), resumeFrom }, () => jobs.follow(asked));
    await expect(following).rejects.toMatchObject({ type: 'NoSageMaker', nonRetryable: false });
    await expect(following).rejects.toThrow('assay-1');
  });
});
