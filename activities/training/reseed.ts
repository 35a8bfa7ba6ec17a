/** How much of a difference between two models is luck: one recipe, trained again with nothing but another seed. */
import { mkdtemp, mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sampleStandardDeviation } from 'simple-statistics';
import type { ProjectSpec } from '../../workflows/domain/project.ts';
import { attempt } from '../attempt.ts';
import type { Candidate, Dataset, SeedSpread } from './contract.ts';
import type { SearchDependencies } from './search.ts';
import type { TrainingJob } from './trainer.ts';

/** `null` where the spec asks for none. Begins at the first training whose figure is not in the store. */
export async function reseed(
  { store, trainer, scratch = tmpdir() }: SearchDependencies,
  { training }: ProjectSpec,
  { dataset, candidate, key }: { dataset: Dataset; candidate: Candidate; key: string },
): Promise<SeedSpread | null> {
  const { seeds = 0, seed } = training;
  if (seeds === 0) return null;
  const { channels, rows } = judgedChannels(dataset);
  const aucs: number[] = [];
  // The candidate's own seed is not among them: it was chosen for what it happened to reach.
  for (let at = 0; at < seeds; at += 1) {
    attempt().signal.throwIfAborted();
    const place = `training/${dataset.digest}/seeds/${key}/${at}.json`;
    const known = await store.head(place);
    if (known) aucs.push(JSON.parse(new TextDecoder().decode(await store.get(place))) as number);
    else {
      const auc = await aucOf(scratch, { candidate, channels, seed: seed + at + 1 }, trainer);
      await store.put(place, JSON.stringify(auc));
      aucs.push(auc);
    }
  }
  return { rows, aucs, standardDeviation: sampleStandardDeviation(aucs) };
}

/** The validation part, or the last fold where there is none: what the recipe was chosen by. */
function judgedChannels({ channels, folds = [] }: Dataset): {
  channels: TrainingJob['channels'];
  rows: number;
} {
  const judge = channels.validation ?? folds.at(-1);
  if (!judge) throw new Error('A dataset has a validation part or folds.');
  const train = channels.validation ? [channels.train] : folds.slice(0, -1);
  return {
    channels: { train: train.map(({ prefix }) => prefix), validation: [judge.prefix] },
    rows: judge.rows,
  };
}

/** Without early stopping, for as many rounds as the candidate has. */
async function aucOf(
  scratch: string,
  job: { candidate: Candidate; channels: TrainingJob['channels']; seed: number },
  trainer: SearchDependencies['trainer'],
): Promise<number> {
  const { candidate, channels, seed } = job;
  const { early_stopping_rounds: _, ...rest } = candidate.hyperparameters;
  const hyperparameters = { ...rest, num_round: String(candidate.rounds), seed: String(seed) };
  await mkdir(scratch, { recursive: true });
  const folder = await mkdtemp(join(scratch, 'assay-reseed-'));
  const current = attempt();
  try {
    const onRound = (round: object): void => current.progress({ seed, ...round });
    const { metrics } = await trainer.train({ channels, hyperparameters, folder }, onRound, current.signal);
    return metrics['validation-auc'] ?? Number.NaN;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
