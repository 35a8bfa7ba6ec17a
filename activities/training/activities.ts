/** Training as activities: snapshot, prepare, search. */
import type { ProjectSpec } from '../../workflows/domain/project.ts';
import type { DuckDB, Lake } from '../lake/contract.ts';
import type { ObjectStore } from '../store/contract.ts';
import type { TrainingActivities } from './contract.ts';
import { correctIntercept, type InterceptDependencies } from './intercept.ts';
import { prepareDataset } from './prepare.ts';
import { reseed } from './reseed.ts';
import { searchFamily } from './search.ts';
import { takeSnapshot } from './snapshot.ts';
import type { Trainer } from './trainer.ts';

export interface TrainingDependencies extends Pick<InterceptDependencies, 'predict'> {
  readonly store: ObjectStore;
  readonly lake: Lake;
  readonly duckdb: DuckDB;
  readonly spec: (project: string) => ProjectSpec;
  readonly trainer: Trainer;
  /** Folder for what a job needs for a moment; the system's own by default. */
  readonly scratch?: string;
}

export function createTrainingActivities(dependencies: TrainingDependencies): TrainingActivities {
  const { spec } = dependencies;
  return {
    snapshot: async ({ project, asOf }) => takeSnapshot(dependencies, spec(project), asOf),
    prepare: async ({ project, snapshot, championUntil }) =>
      prepareDataset(dependencies, spec(project), snapshot, championUntil),
    search: async ({ project, ...input }) => searchFamily(dependencies, spec(project), input),
    correct: async ({ candidate, dataset }) => correctIntercept(dependencies, { candidate, dataset }),
    reseed: async ({ project, ...input }) => reseed(dependencies, spec(project), input),
  };
}
