/** What each noun of the command works with, out of all that the composition root offers. */
import { join } from 'node:path';
import { z } from 'zod';

import type { Answer } from '../../activities/governance/contract.ts';
import { createComponents } from '../../workers/components.ts';
import { openCodecServer } from '../../workers/encryption/open-codec-server.ts';
import { ROOT } from '../../workers/env.ts';
import { createGovernors, governorState } from '../../workers/governors.ts';
import { exportedPipelines } from '../../workers/pipelines.ts';
import { startPlatform } from '../../workers/platform.ts';
import { SCRATCH } from '../../workers/scratch.ts';
import { convertModel, evaluateScores, type Services } from '../../workers/services.ts';
import { unregisteredPipelines } from '../../workers/unregistered.ts';
import { configFor } from '../../temporal.config.ts';
import type { AnyPipeline } from '../../workflows/engine/definition.ts';
import { pipelineGraph } from '../../workflows/engine/dry-run.ts';
import { drawGraph } from '../pipelines/graph.ts';
import { Refusal } from '../refusal.ts';
import type { CheckServices } from '../check/check.ts';
import { completeRun } from '../runs/complete.ts';
import { unknownPipeline } from '../runs/list.ts';
import { applySchedules } from '../schedules/apply.ts';
import type { ScheduleServices } from '../schedules/services.ts';
import type { CodecServices } from './codec-server.ts';
import type { DemoServices } from './demo.ts';
import { serverComponents } from './doctor-server.ts';
import type { DoctorServices } from './doctor.ts';
import type { EvaluationServices } from './evaluate.ts';
import type { ConversionServices } from './models-convert.ts';
import type { ModelServices } from './models.ts';
import type { Output } from './output.ts';
import type { PoolServices } from '../pools/pools.ts';
import type { PipelineServices } from './pipelines.ts';
import type { PredictionServices } from './predictions.ts';
import type { TableServices } from './tables.ts';
import type { UpServices } from './up.ts';
import type { WorkerCommandServices } from './workers.ts';

const STARTED_BY = 'cli';
/** Where the embedded server shows it, unless something else is there. */
const STANDARD_UI = 'http://127.0.0.1:8233';

/** @param ownFolder of a store that the demo may empty */
export function demoServices(
  services: Services,
  ownFolder: string | undefined,
  output: Output,
): DemoServices {
  return {
    ...services,
    ...(ownFolder !== undefined && { ownFolder }),
    scratch: SCRATCH,
    startEmbedded: (variables) => startPlatform(services, { note: (text) => output.note(text), variables }),
    on: (address) => ({ ...services, client: () => services.clientAt(address) }),
  };
}

export function modelServices(services: Services): ModelServices {
  const { registry, projects } = services;
  return {
    registry,
    projects,
    promote: (params) =>
      completeRun(services, 'promotion', { params, key: params.project, startedBy: STARTED_BY }),
    rollBack: (params) =>
      completeRun(services, 'rollback', { params, key: params.model, startedBy: STARTED_BY }),
    governors: {
      ask: (governed, ask, withinMs) => askGovernor(services, governed, ask, withinMs),
      state: async (model, withinMs) => governorState(await services.client(), model, withinMs),
    },
  };
}

/** @throws Refusal NoAnswer */
async function askGovernor(
  services: Services,
  ...[governed, ask, withinMs]: Parameters<ModelServices['governors']['ask']>
): Promise<Answer> {
  const governors = createGovernors(await services.client(), services.taskQueue);
  const signal = withinMs === undefined ? new AbortController().signal : AbortSignal.timeout(withinMs);
  try {
    return await governors.ask(governed, ask, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    const said = `governor-${governed.model} has not answered for ${(withinMs ?? 0) / 1000} s`;
    throw new Refusal('NoAnswer', `${said}: no worker serves it, or all are at something else`, {
      next: 'assay up',
    });
  }
}

export function predictionServices(services: Services): PredictionServices {
  const { projects, store } = services;
  return {
    projects,
    store,
    scoreUpload: (params) =>
      completeRun(services, 'uploadScoring', { params, key: params.project, startedBy: STARTED_BY }),
  };
}

export async function doctorServices(all: Services): Promise<DoctorServices> {
  const components = createComponents({
    store: all.store,
    duckdb: await all.duckdb(),
    temporalCommand: all.env.temporalCommand,
    temporalAddress: all.env.temporalAddress,
    xgboostLibrary: all.env.xgboostLibrary,
    bundleFile: join(ROOT, 'dist', 'workflow-bundle.js'),
    codeVersion: all.env.codeVersion,
    root: ROOT,
  });
  const server = serverComponents({
    client: () => all.client(),
    address: all.env.temporalAddress,
    taskQueue: all.taskQueue,
    ui: STANDARD_UI,
  });
  return { components: [...components, ...server] };
}

export function pipelineServices(services: Services): PipelineServices {
  const { pipelines } = services;
  const find = (name: string): AnyPipeline['definition'] => {
    const definition = pipelines.get(name);
    if (definition) return definition;
    throw unknownPipeline(pipelines, name);
  };
  return {
    ...scheduleServices(services),
    pauses: services.pauses,
    graph: (name, params) => drawGraph(find(name), params),
    paramsSchema: (name) => {
      const schema = find(name).params?.();
      return schema instanceof z.ZodType ? z.toJSONSchema(schema, { io: 'input' }) : {};
    },
  };
}

export function checkServices({ projects }: Services): CheckServices {
  return {
    exported: exportedPipelines,
    graph: (definition, params) => pipelineGraph({ definition }, params),
    environments: {
      development: configFor('development'),
      staging: configFor('staging'),
      production: configFor('production'),
    },
    projects: Object.keys(projects),
    unregistered: () => unregisteredPipelines(new Set(exportedPipelines.values())),
  };
}

export function evaluationServices(services: Services): EvaluationServices {
  return { evaluateFile: (request) => evaluateScores(request, services) };
}

export function conversionServices({ env }: Services): ConversionServices {
  return { convertModel: (file) => convertModel(file, env) };
}

export async function tableServices(services: Services): Promise<TableServices> {
  return { lake: await services.lake(), duckdb: await services.duckdb() };
}

export function poolServices(services: Services): PoolServices {
  return { ...services, pools: services.config.pools };
}

export function scheduleServices(services: Services): ScheduleServices {
  return { ...services, schedules: services.config.schedules };
}

export function upServices(services: Services, output: Output): UpServices {
  return {
    startEmbedded: () => startPlatform(services, output),
    applySchedules: (address) =>
      applySchedules({ ...scheduleServices(services), client: () => services.clientAt(address) }),
  };
}

/** A line of JSON for each answer on stderr: who asked for how much, never what it said. */
export function codecServices({ env }: Services, output: Output): CodecServices {
  return {
    startCodecServer: (listener) =>
      openCodecServer(env, { ...listener, log: (entry) => output.note(JSON.stringify(entry)) }),
  };
}

/** Everything that a worker is made of is loaded when one is asked for. */
export function workerServices(services: Services): WorkerCommandServices {
  return {
    client: () => services.client(),
    serve: async (queues) => {
      const { serve } = await import('../../workers/serve.ts');
      await serve(queues, services);
    },
  };
}
