/** Looks a project's spec up by its name. */
import { ApplicationFailure } from '@temporalio/common';

import type { ProjectSpec } from '../../workflows/domain/project.ts';
import type { ProjectActivities } from './contract.ts';

export type Projects = Readonly<Record<string, ProjectSpec>>;

export function createProjectActivities(spec: (project: string) => ProjectSpec): ProjectActivities {
  return { spec: async ({ project }) => spec(project) };
}

/** The port through which every activity learns of a project. @throws UnknownProject naming the known ones */
export function findProject(projects: Projects, name: string): ProjectSpec {
  const found = Object.hasOwn(projects, name) ? projects[name] : undefined;
  if (found) return found;
  const known = Object.keys(projects).toSorted();
  throw ApplicationFailure.nonRetryable(
    `There is no project "${name}". Known projects: ${known.join(', ') || 'none'}. Projects are listed in pipelines/projects.ts.`,
    'UnknownProject',
    { name, known },
  );
}
