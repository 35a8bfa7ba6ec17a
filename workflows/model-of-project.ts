/** What model a run is about that is given a project: for the search attribute, so that all of a model's runs are found. */
import type { ModelOf } from './domain/model-of.ts';

export function modelOfProject(params: { readonly project: string }, modelOf: ModelOf): string | undefined {
  return modelOf(params.project);
}
