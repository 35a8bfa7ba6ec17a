/** A look at a model at a set time, whatever monitoring has said: what is to be done is its governor's to decide. */
import { z } from 'zod';

import type { Answer, GovernanceActivities } from '../activities/governance/contract.ts';
import { activities } from './engine/activities.ts';
import { toFailure } from './engine/failures.ts';
import { pipeline } from './engine/pipeline.ts';
import { FORGIVING, PATIENT } from './engine/profiles.ts';
import { modelOfProject } from './model-of-project.ts';

const governors = activities<GovernanceActivities>('governance', PATIENT);

/** Ends when the retraining has that the decision led to; fails where that failed. */
export const review = pipeline(
  {
    name: 'review',
    description: 'asks the governor to look at a model, whatever monitoring has said',
    retries: FORGIVING,
    params: () => z.object({ project: z.string().min(1) }),
    model: modelOfProject,
  },
  async (run): Promise<Answer> => {
    const { project } = run.params;
    const asked = run.task('ask', ({ key }) =>
      governors.ask({ project, asOf: run.interval.end, wait: true, key }),
    );
    run.task('retraining', { after: [asked] }, ({ retraining }) => {
      if (retraining === undefined) return run.skip('none was decided on');
      if ('error' in retraining) throw toFailure({ type: 'RetrainingFailed', message: retraining.error });
      return { run: retraining.run, version: retraining.challenger.version };
    });
    return asked;
  },
);
