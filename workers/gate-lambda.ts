/** The AWS Lambda handler of the evaluation gate: `dist/workers/gate-lambda.handler`. It keeps nothing between calls. */
import { createGateFunction } from '../activities/evaluation/gate-function.ts';
import { findProject } from '../activities/project/activities.ts';
import { projects } from '../pipelines/projects.ts';
import { readEnv } from './env.ts';
import { openStore } from './stores.ts';

export const handler = createGateFunction({
  read: (uri) => {
    const slash = uri.lastIndexOf('/');
    return openStore(uri.slice(0, slash), readEnv().s3).get(uri.slice(slash + 1));
  },
  policyOf: (project) => findProject(projects, project).gate,
});
