/** Looks a project's spec up by its name. */
import { ApplicationFailure } from '@temporalio/common';

import type { ProjectSpec } from '../../workflows/domain/project.ts';
import type { ProjectActivities } from './contract.ts';

export type Projects = Readonly<Record<string, ProjectSpec>>;

export function createProjectActivities({ projects }: { readonly projects: Projects }): ProjectActivities {
  return { spec: async ({ project }) => findProject(projects, project) };
}

function findProject(projects: Projects, name: string): ProjectSpec {
  const spec = Object.hasOwn(projects, name) ? projects[name] : undefined;
  if (spec) return spec;
  const known = Object.keys(projects).toSorted();
  throw ApplicationFailure.nonRetryable(
    `There is no project "${name}". Known projects: ${known.join(', ') || 'none'}. Projects are listed in pipelines/projects.ts.`,
    'UnknownProject',
    { name, known },
  );
}
