/** `assay predictions …`: ad-hoc scoring of an uploaded file, as a run. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';

import type { ScoredFile } from '../../activities/scoring/contract.ts';
import type { ObjectStore } from '../../activities/store/contract.ts';
import type { ProjectSpec } from '../../workflows/domain/project.ts';
import type { RunRecord } from '../../workflows/domain/run-record.ts';
import { Refusal } from '../refusal.ts';
import type { CommandContext } from './command.ts';
import { action, example } from './command.ts';
import type { ExitCode } from './failure.ts';

export interface UploadScoringParams {
  readonly project: string;
  /** Keys in the store. */
  readonly file: string;
  readonly output: string;
  readonly alias: string;
}

export interface PredictionServices {
  readonly projects: Readonly<Record<string, ProjectSpec>>;
  readonly store: ObjectStore;
  /** Starts the pipeline `uploadScoring` and waits for its end. */
  readonly scoreUpload: (
    params: UploadScoringParams,
  ) => Promise<Pick<RunRecord, 'run' | 'state' | 'result' | 'error'>>;
}

interface Options {
  readonly model: string;
  readonly out?: string;
  readonly json?: boolean;
}

type Context = CommandContext<PredictionServices>;

const ALIASES = ['champion', 'challenger', 'previous'];

export function registerPredictions(program: Command, context: Context): void {
  program
    .command('predictions')
    .description('scores for files of your own')
    .addHelpText('before', example('assay predictions score admissions.csv --model readmission@champion'))
    .command('score')
    .description("a CSV or Parquet file in the source's schema, through the pipeline's SQL and a model")
    .argument('<file>', '.csv, .csv.gz or .parquet')
    .requiredOption('--model <name[@alias]>', 'the champion, unless an alias is given')
    .option('-o, --out <file>', '.csv or .parquet; CSV on stdout without it')
    .option('--json', 'print what was done as JSON')
    .addHelpText('before', example('assay predictions score may.csv --model readmission -o scores.csv'))
    .action(
      action(context, (services, file: string, options: Options) => score(context, services, file, options)),
    );
}

async function score(
  { output }: Context,
  services: PredictionServices,
  file: string,
  { model, out, json }: Options,
): Promise<ExitCode> {
  const { project, alias } = findModel(services, model);
  const { store } = services;
  const key = await upload(store, file);
  const format = out?.toLowerCase().endsWith('.parquet') === true ? 'parquet' : 'csv';
  const answer = `${key}.${alias}.${Date.now()}.scores.${format}`;
  const { run, state, result, error } = await services.scoreUpload({
    project,
    file: key,
    output: answer,
    alias,
  });
  if (state !== 'success') {
    output.note(`error: run ${run} ended ${state}: ${error?.message ?? 'without saying why'}`);
    output.note(`  next: assay runs show ${run}`);
    return 1;
  }
  // The pipeline's result is its last task's, which is `scoreFile`.
  const { rows, notScored, scoreMean } = result as ScoredFile;
  if (out !== undefined) await pipeline(await store.stream(answer), createWriteStream(out));
  if (json === true) {
    output.json({ run, rows, notScored, scoreMean, out: out ?? `${store.uri}/${answer}` });
  } else {
    output.note(`run ${run}: ${rows} rows scored, ${notScored} not scored, mean ${scoreMean ?? 'none'}`);
    if (out === undefined)
      output.line(
        Buffer.from(await store.get(answer))
          .toString()
          .trimEnd(),
      );
  }
  return 0;
}

/** `NAME` or `NAME@ALIAS`; a model belongs to the project whose spec names it. */
function findModel(
  { projects }: PredictionServices,
  wanted: string,
): { readonly project: string; readonly alias: string } {
  const [name = '', alias = 'champion', ...rest] = wanted.split('@');
  const found = Object.values(projects).find(({ model }) => model === name);
  if (found === undefined) {
    const known = Object.values(projects).map(({ model }) => model);
    throw new Refusal('UnknownModel', `There is no model '${name}'. Known models: ${known.join(', ')}.`, {
      next: 'assay models list',
    });
  }
  if (ALIASES.includes(alias) && rest.length === 0) return { project: found.name, alias };
  throw new Refusal(
    'UnknownAlias',
    `'${wanted}' names no alias: ${ALIASES.map((it) => `${name}@${it}`).join(', ')}.`,
    { next: `assay models show ${name}` },
  );
}

/** Under its content's digest, so that the same file is kept once. */
async function upload(store: ObjectStore, file: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(file), hash);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Refusal('UnreadableFile', `${file} can't be read: ${why}`);
  }
  const key = `uploads/${hash.digest('hex')}/${basename(file)}`;
  await store.upload(key, file);
  return key;
}
