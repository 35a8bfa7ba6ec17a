/** The medallion's activities, over the ports that the composition root hands in. */
import { ApplicationFailure } from '@temporalio/common';

import type { ProjectSpec } from '../../workflows/domain/project.ts';
import type { ObjectStore } from '../store/contract.ts';
import { check } from './check.ts';
import type { DuckDB, Lake, LakeActivities } from './contract.ts';
import { ingest } from './ingest.ts';
import { listLanded } from './landing.ts';
import { refine } from './refine.ts';

export interface LakeActivitiesDependencies {
  readonly store: ObjectStore;
  readonly lake: Lake;
  readonly duckdb: DuckDB;
  readonly projects: Readonly<Record<string, ProjectSpec>>;
}

export function createLakeActivities(deps: LakeActivitiesDependencies): LakeActivities {
  const spec = (project: string): ProjectSpec => findProject(deps.projects, project);
  return {
    async land({ project, interval }) {
      return { files: await listLanded(deps.store, spec(project).name, interval) };
    },
    ingest: async ({ project, ...input }) => ingest(deps, { ...input, spec: spec(project) }),
    check: async ({ project, ...input }) => check(deps, { ...input, spec: spec(project) }),
    refine: async ({ project, ...input }) => refine(deps, { ...input, spec: spec(project) }),
  };
}

function findProject(projects: Readonly<Record<string, ProjectSpec>>, name: string): ProjectSpec {
  const spec = Object.hasOwn(projects, name) ? projects[name] : undefined;
  if (spec) return spec;
  throw ApplicationFailure.nonRetryable(
    `There is no project "${name}". Known are: ${Object.keys(projects).toSorted().join(', ') || 'none'}.`,
    'UnknownProject',
    { name },
  );
}
