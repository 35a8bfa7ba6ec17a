/** Runs from the newest to the oldest, out of the ledger alone. */
import type { RunFilter, RunSummary } from '../../activities/ledger/contract.ts';
import { Refusal } from '../refusal.ts';
import type { RunServices } from './services.ts';

/** @throws Refusal UnknownPipeline */
export async function listRuns(
  { ledger, pipelines }: Pick<RunServices, 'ledger' | 'pipelines'>,
  filter: RunFilter = {},
): Promise<{ runs: RunSummary[]; next?: string }> {
  const page = await ledger.list(filter);
  const { pipeline } = filter;
  // Runs of a pipeline that has since been removed stay listed.
  if (page.runs.length === 0 && pipeline !== undefined && !pipelines.has(pipeline)) {
    throw unknownPipeline(pipelines, pipeline);
  }
  return page;
}

export function unknownPipeline(pipelines: RunServices['pipelines'], name: string): Refusal {
  const known = [...pipelines.keys()].join(', ') || 'none';
  return new Refusal('UnknownPipeline', `no pipeline is named ${name}; known are ${known}`, {
    next: 'assay pipelines list',
  });
}
