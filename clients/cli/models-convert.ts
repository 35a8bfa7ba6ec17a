/** `assay models convert`: any XGBoost model file to ONNX, proven equal. No server, no store. */
import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ApplicationFailure } from '@temporalio/common';
import type { Command } from 'commander';

import type { ConvertedFile } from '../../activities/scoring/contract.ts';
import { Refusal } from '../refusal.ts';
import type { CommandContext } from './command.ts';
import { action, example } from './command.ts';
import type { ExitCode } from './failure.ts';
import { printFailure } from './failure.ts';

export interface ConversionServices {
  /** `convertFile` of activities/scoring, with XGBoost's own predictions where its library is set up. */
  readonly convertModel: (file: Uint8Array) => Promise<ConvertedFile>;
}

interface Options {
  readonly out: string;
  readonly json?: boolean;
}

type Context = CommandContext<ConversionServices>;

/** @param models the `models` command */
export function registerModelsConvert(models: Command, context: Context): void {
  models
    .command('convert')
    .description('an XGBoost model file (UBJSON or JSON) to ONNX, proven to predict the same')
    .argument('<file>', "what XGBoost's save_model wrote")
    .requiredOption('-o, --out <file>', 'where the ONNX model goes')
    .option('--json', 'print JSON')
    .addHelpText('before', example('assay models convert xgboost-model -o model.onnx'))
    .action(
      action(context, (services, file: string, options: Options) =>
        convert(context, services, file, options),
      ),
    );
}

async function convert(
  context: Context,
  services: ConversionServices,
  file: string,
  { out, json }: Options,
): Promise<ExitCode> {
  const { output } = context;
  if (resolve(out) === resolve(file)) {
    throw new Refusal('SameFile', `${out} is the model itself; name another file with -o.`);
  }
  const source = await readSource(file);
  const converted = await convertOrSayNo(context, services, source);
  if (converted === undefined) return 1;
  const { onnx, digest, ...facts } = converted;
  await writeFile(out, onnx);
  if (json === true) output.json({ ...facts, out, digest });
  else {
    const { objective, booster, trees, features, classes, parity } = facts;
    output.line(`${output.paint(out, 'bold')}  ${onnx.length} bytes, sha256 ${digest}`);
    output.line(`${objective}, ${booster}, ${trees} trees, ${features} features, ${classes} classes`);
    output.line(`proven on ${parity.rows} rows: at most ${parity.maxAbsDiff} apart`);
  }
  return 0;
}

async function readSource(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Refusal('UnreadableFile', `${file} can't be read: ${why}`);
  }
}

/** A model that can't be proven is a no of the proof, and nothing is written; anything else is a fault. */
async function convertOrSayNo(
  { output }: Context,
  { convertModel }: ConversionServices,
  source: Uint8Array,
): Promise<ConvertedFile | undefined> {
  try {
    return await convertModel(source);
  } catch (error) {
    if (!(error instanceof ApplicationFailure) || error.type !== 'ParityFailed') throw error;
    printFailure(output, error);
    return undefined;
  }
}
