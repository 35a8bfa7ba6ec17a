/** The medallion's activities, over the ports that the composition root hands in. */
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
  readonly spec: (project: string) => ProjectSpec;
}

export function createLakeActivities(deps: LakeActivitiesDependencies): LakeActivities {
  const { spec } = deps;
  return {
    async land({ project, interval }) {
      return { files: await listLanded(deps.store, spec(project).name, interval) };
    },
    ingest: async ({ project, ...input }) => ingest(deps, { ...input, spec: spec(project) }),
    check: async ({ project, ...input }) => check(deps, { ...input, spec: spec(project) }),
    refine: async ({ project, ...input }) => refine(deps, { ...input, spec: spec(project) }),
  };
}
