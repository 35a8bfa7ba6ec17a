/** `assay`: the command. Every noun has a file of its own; here they get what they work with. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';

import { readEnv, ROOT } from '../../workers/env.ts';
import { fileServices } from '../../workers/files.ts';
import { createServices, type Services } from '../../workers/services.ts';
import { registerCodecServer } from './codec-server.ts';
import { registerAssets } from './assets.ts';
import { registerBackfill } from './backfill.ts';
import { registerApprovals } from './approvals.ts';
import { example, type CommandContext } from './command.ts';
import { registerCheck } from './check.ts';
import { registerData } from './data.ts';
import { registerDemo, type DemoServices } from './demo.ts';
import { registerDoctor } from './doctor.ts';
import { registerDrift } from './drift.ts';
import { registerEvaluate } from './evaluate.ts';
import { printFailure, type ExitCode } from './failure.ts';
import { registerModelsConvert } from './models-convert.ts';
import { registerModels } from './models.ts';
import * as nouns from './noun-services.ts';
import { createOutput, type Output } from './output.ts';
import { registerPipelines } from './pipelines.ts';
import { registerPools } from './pools.ts';
import { registerPredictions } from './predictions.ts';
import { registerRuns } from './runs.ts';
import { registerSchedules } from './schedules.ts';
import { registerTables } from './tables.ts';
import { registerUp } from './up.ts';
import { helpFor, refuseEmptyValues } from './usage.ts';
import { registerWorkers } from './workers.ts';

const WRONG_USAGE = 2;
const DEMO_FOLDER = join(ROOT, '.assay', 'demo');

/** @returns the exit code: 0 done, 1 the run, gate or check said no, 2 wrong usage or broken infrastructure */
export async function main(args: readonly string[]): Promise<ExitCode> {
  const output = createOutput();
  // Whoever reads only the first lines (`| head`) has what they wanted.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  const ended = { code: 0 as ExitCode };
  const { program, opened } = createProgram(output, (code) => (ended.code = code));
  try {
    await program.parseAsync(args, { from: 'user' });
    return ended.code;
  } catch (error) {
    if (error instanceof CommanderError) {
      const next = helpFor(program, args, error);
      if (next !== undefined) output.note(`  next: ${next}`);
      return error.exitCode === 0 ? 0 : WRONG_USAGE;
    }
    return printFailure(output, error);
  } finally {
    for (const services of opened) await services.close();
  }
}

/** The whole command, and the services that it has made until now. */
export function createProgram(
  output: Output,
  exit: (code: ExitCode) => void,
): { readonly program: Command; readonly opened: readonly Services[] } {
  const program = new Command('assay')
    .description('durable data and ML pipelines on Temporal')
    .option('--store <uri>', 'a folder or s3://bucket/prefix; by default ASSAY_STORE, else .assay/store')
    .addHelpText('before', example('assay demo', 'assay runs list', 'assay runs list --help'))
    .exitOverride();
  refuseEmptyValues(program);
  return { program, opened: registerCommands(program, output, exit) };
}

/** @returns the services that commands have made until now */
function registerCommands(
  program: Command,
  output: Output,
  exit: (code: ExitCode) => void,
): readonly Services[] {
  const opened: Services[] = [];
  const given = (): string | undefined => program.opts<{ store?: string }>().store;
  const open = (uri: string | undefined): Services => {
    const services = createServices(readEnv(), uri);
    opened.push(services);
    return services;
  };
  const services = (): Services => opened[0] ?? open(noted(given()));
  /** A folder that is not there is a new store, or a slip of the hand: an empty list would not tell them apart. */
  const noted = (uri: string | undefined): string | undefined => {
    const isPath = uri !== undefined && !/^\w+:\/\//.test(uri);
    if (isPath && !existsSync(uri)) output.note(`note: there is nothing at ${uri} yet`);
    return uri;
  };
  /** What a noun works with, out of all there is. */
  const of = <T>(pick: (services: Services, output: Output) => T | Promise<T>): CommandContext<T> => ({
    output,
    exit,
    services: async () => pick(services(), output),
  });
  /** Without a store of the caller's the demo has one of its own, and may empty it. */
  const forDemo = (): DemoServices => {
    const own = given() === undefined && readEnv().storeUri === undefined;
    return nouns.demoServices(open(own ? DEMO_FOLDER : given()), own ? DEMO_FOLDER : undefined, output);
  };

  registerDemo(program, { output, exit, services: async () => forDemo() });
  registerUp(program, of(nouns.upServices));
  registerDoctor(program, of(nouns.doctorServices));
  registerWorkers(program, of(nouns.workerServices));
  registerCheck(program, of(nouns.checkServices));
  registerCodecServer(program, of(nouns.codecServices));
  registerPipelines(program, of(nouns.pipelineServices));
  registerRuns(program, of(everything));
  registerAssets(program, of(everything));
  registerBackfill(program, of(everything));
  registerApprovals(program, of(everything));
  registerSchedules(program, of(nouns.scheduleServices));
  registerPools(program, of(nouns.poolServices));
  registerTables(program, of(nouns.tableServices));
  const models = registerModels(program, of(nouns.modelServices));
  registerModelsConvert(models, of(nouns.conversionServices));
  registerPredictions(program, of(nouns.predictionServices));
  registerDrift(program, of(fileServices));
  registerData(program, of(fileServices));
  registerEvaluate(program, of(nouns.evaluationServices));
  return opened;
}

function everything(services: Services): Services {
  return services;
}
