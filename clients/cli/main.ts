/** `assay`: the command. Every noun has a file of its own; here they get what they work with. */
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { z } from 'zod';

import { createComponents } from '../../workers/components.ts';
import { readEnv, ROOT } from '../../workers/env.ts';
import { startPlatform } from '../../workers/platform.ts';
import { fileServices } from '../../workers/files.ts';
import { convertModel, createServices, evaluateScores, type Services } from '../../workers/services.ts';
import type { AnyPipeline } from '../../workflows/engine/definition.ts';
import { pipelineGraph } from '../../workflows/engine/dry-run.ts';
import { completeRun } from '../runs/complete.ts';
import { unknownPipeline } from '../runs/list.ts';
import type { CommandContext } from './command.ts';
import { registerData } from './data.ts';
import { registerDemo, type DemoServices } from './demo.ts';
import { registerDoctor } from './doctor.ts';
import { registerDrift } from './drift.ts';
import { registerEvaluate, type EvaluationServices } from './evaluate.ts';
import { printFailure, type ExitCode } from './failure.ts';
import { registerModelsConvert, type ConversionServices } from './models-convert.ts';
import { registerModels, type ModelServices } from './models.ts';
import { createOutput, type Output } from './output.ts';
import { registerPipelines, type PipelineServices } from './pipelines.ts';
import { registerPredictions, type PredictionServices } from './predictions.ts';
import { registerRuns } from './runs.ts';
import { registerTables } from './tables.ts';
import { registerUp } from './up.ts';

const WRONG_USAGE = 2;
const STARTED_BY = 'cli';
const DEMO_FOLDER = join(ROOT, '.assay', 'demo');

/** @returns the exit code: 0 done, 1 the run, gate or check said no, 2 wrong usage or broken infrastructure */
export async function main(args: readonly string[]): Promise<ExitCode> {
  const output = createOutput();
  // Whoever reads only the first lines (`| head`) has what they wanted.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  const program = new Command('assay')
    .description('durable data and ML pipelines on Temporal')
    .option('--store <uri>', 'a folder or file:// address; by default ASSAY_STORE, else .assay/store')
    .exitOverride();
  const ended = { code: 0 as ExitCode };
  const opened = registerCommands(program, output, (code) => (ended.code = code));
  try {
    await program.parseAsync(args, { from: 'user' });
    return ended.code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_USAGE;
    return printFailure(output, error);
  } finally {
    for (const services of opened) await services.close();
  }
}

/** @returns the services that commands have made until now */
function registerCommands(
  program: Command,
  output: Output,
  exit: (code: ExitCode) => void,
): readonly Services[] {
  const opened: Services[] = [];
  const open = (uri: string | undefined): Services => {
    const services = createServices(readEnv(), program.opts<{ store?: string }>().store ?? uri);
    opened.push(services);
    return services;
  };
  const storeGiven = (): boolean =>
    program.opts<{ store?: string }>().store !== undefined || readEnv().storeUri !== undefined;
  const services = (): Services => opened[0] ?? open(undefined);
  /** What a noun works with, out of all there is. */
  const of = <T>(pick: (services: Services) => T | Promise<T>): CommandContext<T> => ({
    output,
    exit,
    services: async () => pick(services()),
  });

  registerDemo(program, { output, exit, services: async () => demoServices(output, storeGiven(), open) });
  registerUp(
    program,
    of((all) => ({ startEmbedded: () => startPlatform(all, output) })),
  );
  registerDoctor(
    program,
    of(async (all) => ({ components: await components(all) })),
  );
  registerPipelines(program, of(pipelineServices));
  registerRuns(
    program,
    of((all) => all),
  );
  registerTables(
    program,
    of(async (all) => ({ lake: await all.lake(), duckdb: await all.duckdb() })),
  );
  const models = registerModels(program, of(modelServices));
  registerModelsConvert(models, of(conversionServices));
  registerPredictions(program, of(predictionServices));
  registerDrift(program, of(fileServices));
  registerData(program, of(fileServices));
  registerEvaluate(program, of(evaluationServices));
  return opened;
}

/** Without a store of the caller's the demo has one of its own, and may empty it. */
function demoServices(
  output: Output,
  given: boolean,
  open: (uri: string | undefined) => Services,
): DemoServices {
  const services = open(given ? undefined : DEMO_FOLDER);
  return {
    ...services,
    ...(!given && { ownFolder: DEMO_FOLDER }),
    startEmbedded: () => startPlatform(services, output),
    on: (address) => ({ ...services, client: () => services.clientAt(address) }),
  };
}

function modelServices(services: Services): ModelServices {
  const { registry, projects } = services;
  return {
    registry,
    projects,
    promote: (params) =>
      completeRun(services, 'promotion', { params, key: params.project, startedBy: STARTED_BY }),
    rollBack: (params) =>
      completeRun(services, 'rollback', { params, key: params.model, startedBy: STARTED_BY }),
  };
}

function predictionServices(services: Services): PredictionServices {
  const { projects, store } = services;
  return {
    projects,
    store,
    scoreUpload: (params) =>
      completeRun(services, 'uploadScoring', { params, key: params.project, startedBy: STARTED_BY }),
  };
}

async function components(all: Services): Promise<ReturnType<typeof createComponents>> {
  return createComponents({
    store: all.store,
    duckdb: await all.duckdb(),
    temporalCommand: all.env.temporalCommand,
    temporalAddress: all.env.temporalAddress,
    xgboostLibrary: all.env.xgboostLibrary,
    bundleFile: join(ROOT, 'dist', 'workflow-bundle.js'),
  });
}

function pipelineServices({ pipelines }: Services): PipelineServices {
  const find = (name: string): AnyPipeline['definition'] => {
    const definition = pipelines.get(name);
    if (definition) return definition;
    throw unknownPipeline(pipelines, name);
  };
  return {
    pipelines,
    graph: (name, params) => pipelineGraph({ definition: find(name) }, params),
    paramsSchema: (name) => {
      const schema = find(name).params?.();
      return schema instanceof z.ZodType ? z.toJSONSchema(schema, { io: 'input' }) : {};
    },
  };
}

function evaluationServices(services: Services): EvaluationServices {
  return { evaluateFile: (request) => evaluateScores(request, services) };
}

function conversionServices({ env }: Services): ConversionServices {
  return { convertModel: (file) => convertModel(file, env) };
}
