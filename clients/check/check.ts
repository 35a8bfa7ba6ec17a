/** Whether what is written here can run, as far as that shows without a server: every fault at once, with what to do. */
import type { AssayConfig, EnvironmentName } from '../../temporal.config.ts';
import type { TaskGraph } from '../../workflows/domain/graph.ts';
import { sizeProblem } from '../../workflows/domain/pool/size.ts';
import { checkParams } from '../../workflows/domain/params.ts';
import type { AnyPipeline } from '../../workflows/engine/definition.ts';
import { Refusal } from '../refusal.ts';
import { declaredSchedules } from '../schedules/declared.ts';
import { assetFaults } from './assets.ts';

type Definition = AnyPipeline['definition'];

export interface CheckServices {
  /** Pipelines by the names that workflows/index.ts exports them under. */
  readonly exported: ReadonlyMap<string, Definition>;
  readonly graph: (pipeline: Definition, params: unknown) => Promise<TaskGraph>;
  readonly environments: Readonly<Record<EnvironmentName, AssayConfig>>;
  readonly projects: readonly string[];
  /** Pipelines in files that the registry does not name. */
  readonly unregistered: () => Promise<readonly { readonly pipeline: string; readonly file: string }[]>;
}

interface Fault {
  /** The pipeline, schedule or setting. */
  readonly where: string;
  readonly what: string;
  readonly next: string;
}

export interface Checked {
  readonly pipelines: number;
  readonly tasks: number;
  readonly schedules: number;
  readonly projects: number;
  readonly faults: readonly Fault[];
  /** What could not be looked at, and why. */
  readonly notes: readonly string[];
}

const REGISTRY = 'workflows/index.ts';
const CONFIG = 'temporal.config.ts';

export async function checkAll(services: CheckServices): Promise<Checked> {
  const { exported, environments, projects } = services;
  const drawn = await Promise.all([...exported.values()].map((pipeline) => draw(services, pipeline)));
  const forgotten = await services.unregistered();
  const graphs = drawn.flatMap(({ graph }) => graph ?? []);
  const schedules = new Set(
    Object.values(environments).flatMap((config) => config.schedules.map(({ name }) => name)),
  );
  return {
    pipelines: exported.size,
    tasks: graphs.reduce((sum, { nodes }) => sum + nodes.length, 0),
    schedules: schedules.size,
    projects: projects.length,
    faults: [
      ...names(exported),
      ...forgotten.map(notRegistered),
      ...drawn.flatMap(({ fault }) => fault ?? []),
      ...[...exported.values()].flatMap(assetFaults),
      ...graphs.flatMap((graph) => unknownPools(graph, environments)),
      ...settings(exported, environments),
    ],
    notes: drawn.flatMap(({ note }) => note ?? []),
  };
}

/** Temporal knows a workflow by its export, everybody else a pipeline by its name. */
function names(exported: CheckServices['exported']): Fault[] {
  const seen = new Map<string, string>();
  return [...exported].flatMap(([export_, { name }]) => {
    const other = seen.get(name);
    seen.set(name, export_);
    const twice = {
      where: name,
      what: `two pipelines have this name: the exports ${other} and ${export_}`,
      next: `give one of them another name, in pipeline({ name }) and in ${REGISTRY}`,
    };
    const apart = {
      where: name,
      what: `it is exported as ${export_}, but workflows are started by the name of their export`,
      next: `export { ${name} } in ${REGISTRY}, or name the pipeline '${export_}'`,
    };
    return [...(other === undefined ? [] : [twice]), ...(export_ === name ? [] : [apart])];
  });
}

function notRegistered({ pipeline, file }: { pipeline: string; file: string }): Fault {
  return {
    where: file,
    what: `no worker would serve ${pipeline}: the registry has no line for it`,
    next: `export { ${pipeline} } from '../${file}'; in ${REGISTRY}`,
  };
}

interface Drawn {
  readonly graph?: TaskGraph;
  readonly fault?: Fault;
  readonly note?: string;
}

/** The graph up to what is decided at run time, with the params' defaults. */
async function draw({ graph }: CheckServices, pipeline: Definition): Promise<Drawn> {
  const { name } = pipeline;
  const params = checkParams(pipeline.params?.(), {});
  try {
    return { graph: await graph(pipeline, params.ok ? params.params : {}) };
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    const needed = params.ok ? [] : params.problems.map(({ field }) => field);
    if (needed.length === 0) {
      return { fault: { where: name, what, next: `assay pipelines graph ${name}` } };
    }
    const note = `${name} is not drawn: it needs ${needed.join(', ')} (${what}); assay pipelines graph ${name} --params …`;
    return { note };
  }
}

function unknownPools({ pipeline, nodes }: TaskGraph, environments: CheckServices['environments']): Fault[] {
  return nodes.flatMap(({ name, pool }) => {
    if (pool === undefined) return [];
    const without = Object.entries(environments).filter(([, { pools }]) => !Object.hasOwn(pools, pool));
    if (without.length === 0) return [];
    const what = `no pool is named ${pool} in ${without.map(([environment]) => environment).join(', ')}`;
    return [
      { where: `${pipeline}, task ${name}`, what, next: `declare it: pools: { ${pool}: 4 } in ${CONFIG}` },
    ];
  });
}

/** What stands in every environment alike is told once. */
function settings(exported: CheckServices['exported'], environments: CheckServices['environments']): Fault[] {
  const faults = new Map<string, Fault>();
  const pipelines = new Map([...exported.values()].map((pipeline) => [pipeline.name, pipeline]));
  for (const [environment, config] of Object.entries(environments)) {
    const where = `${CONFIG}, ${environment}`;
    for (const what of [
      ...scheduleFaults(config, pipelines),
      ...poolFaults(config),
      ...channelFaults(config, pipelines),
    ]) {
      if (!faults.has(what)) faults.set(what, { where, what, next: `correct it in ${CONFIG}` });
    }
  }
  return [...faults.values()];
}

function scheduleFaults(
  { schedules }: AssayConfig,
  pipelines: ReadonlyMap<string, Definition>,
): readonly string[] {
  try {
    declaredSchedules({ schedules, pipelines });
    return [];
  } catch (error) {
    if (!(error instanceof Refusal) || !Array.isArray(error.details)) throw error;
    return error.details.map((problem) => `schedule ${String(problem)}`);
  }
}

function poolFaults({ pools }: AssayConfig): string[] {
  return Object.entries(pools)
    .filter(([, slots]) => slots === 0 || sizeProblem(slots) !== undefined)
    .map(
      ([name, slots]) => `pool ${name} has ${slots} slots; ${sizeProblem(slots) ?? 'at least 1 is expected'}`,
    );
}

function channelFaults({ notices }: AssayConfig, pipelines: ReadonlyMap<string, Definition>): string[] {
  const known = Object.keys(notices.channels);
  const named = [
    ...notices.defaults.map((subscription) => ({ by: 'notices.defaults', subscription })),
    ...[...pipelines.values()].flatMap(({ name, notify = [] }) =>
      [notify].flat().map((subscription) => ({ by: `pipeline ${name}`, subscription })),
    ),
  ];
  return named.flatMap(({ by, subscription }) =>
    subscription.to
      .filter((channel) => !known.includes(channel))
      .map((channel) => `${by} names the channel ${channel}; known are ${known.join(', ') || 'none'}`),
  );
}
