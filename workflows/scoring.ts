/** Scores an interval, or an uploaded file, with the version that stands when the run begins. */
import { z } from 'zod';

import type { ProjectActivities } from '../activities/project/contract.ts';
import type { RegistryActivities } from '../activities/registry/contract.ts';
import type { ScoringActivities } from '../activities/scoring/contract.ts';
import type { TableRef } from './domain/reference.ts';
import { activities } from './engine/activities.ts';
import { toFailure } from './engine/failures.ts';
import { pipeline } from './engine/pipeline.ts';
import { FORGIVING, QUERY, QUICK } from './engine/profiles.ts';
import { modelOfProject } from './model-of-project.ts';

const projects = activities<ProjectActivities>('project', QUICK);
const registry = activities<RegistryActivities>('registry', QUICK);
const scorer = activities<ScoringActivities>('scoring', QUERY);

const Features = () => z.object({ table: z.string(), version: z.number().int().nonnegative() });

export const scoring = pipeline(
  {
    name: 'scoring',
    description: 'scores an interval with the champion',
    retries: FORGIVING,
    params: () => z.object({ project: z.string().min(1), features: Features() }),
    model: modelOfProject,
  },
  async (run) => {
    const { project } = run.params;
    const features: TableRef = run.params.features;

    const spec = run.task('spec', () => projects.spec({ project }));
    const champion = run.task(
      'champion',
      { after: [spec] },
      async ({ model }) =>
        (await registry.pinned({ model, alias: 'champion' })) ?? run.skip('there is no champion yet'),
    );
    return run.task('score', { after: [champion] }, (model, { key }) =>
      scorer.score({ project, interval: run.interval, features, model, key }),
    );
  },
);

const Upload = () =>
  z.object({
    project: z.string().min(1),
    /** Keys in the store. */
    file: z.string().min(1),
    output: z.string().min(1),
    alias: z.enum(['champion', 'challenger', 'previous']).default('champion'),
  });

export const uploadScoring = pipeline(
  {
    name: 'uploadScoring',
    description: 'scores an uploaded file',
    retries: FORGIVING,
    params: Upload,
    model: modelOfProject,
  },
  async (run) => {
    const { project, file, output, alias } = run.params;

    const spec = run.task('spec', () => projects.spec({ project }));
    const model = run.task('model', { after: [spec] }, async ({ model }) => {
      const pinned = await registry.pinned({ model, alias });
      if (pinned) return pinned;
      throw toFailure({
        type: 'NoSuchAlias',
        message: `${model} has no ${alias}; \`assay models show ${model}\` lists what it has.`,
      });
    });
    return run.task('score', { after: [model] }, (model, { key }) =>
      scorer.scoreFile({ project, file, model, output, key }),
    );
  },
);
