/** The graph of a run: its tasks and what each comes after; drawn as Mermaid. */
import type { TaskState, WaitKind } from './run-record.ts';
import type { TriggerRule } from './trigger-rules.ts';

export interface GraphNode {
  readonly name: string;
  readonly kind: 'task' | 'map' | 'child' | 'finally' | 'loop' | WaitKind;
  readonly after: readonly string[];
  readonly when: TriggerRule;
  /** What each try takes a turn in. */
  readonly pool?: string;
  /** Assets that are there when it has succeeded. */
  readonly produces?: readonly string[];
  /** In a run that has begun. */
  readonly state?: TaskState;
}

export interface TaskGraph {
  readonly pipeline: string;
  readonly nodes: readonly GraphNode[];
  /** The references that the function waits for before it decides what else there is; empty when all is known. */
  readonly decidedAfter: readonly string[];
  /** Assets that start the pipeline. */
  readonly startedBy?: readonly string[];
}

export function toMermaid(graph: TaskGraph): string {
  const ids = new Map(graph.nodes.map(({ name }, at) => [name, `t${at}`]));
  const nodes = graph.nodes.map((node) => `  ${ids.get(node.name)}${shape(node)}`);
  const edges = graph.nodes.flatMap((node) =>
    node.after.map(
      (upstream) => `  ${ids.get(upstream) ?? quoted(upstream)} ${arrow(node.when)} ${ids.get(node.name)}`,
    ),
  );
  const open = graph.decidedAfter.map((name) => `  ${ids.get(name)} -.-> later(["decided at run time"])`);
  return ['flowchart LR', ...nodes, ...edges, ...open, ...assetLines(graph, ids)].join('\n');
}

/** Cylinders: before the tasks that come first, behind those that produce them. */
function assetLines({ nodes, startedBy = [] }: TaskGraph, ids: ReadonlyMap<string, string>): string[] {
  const first = nodes.filter(({ after, kind }) => after.length === 0 && kind !== 'finally');
  const heard = startedBy.flatMap((asset) =>
    first.map(({ name }) => `  ${assetNode(asset)} -.-> ${ids.get(name)}`),
  );
  const produced = nodes.flatMap(({ name, produces = [] }) =>
    produces.map((asset) => `  ${ids.get(name)} -.-> ${assetNode(asset)}`),
  );
  return [...heard, ...produced];
}

function assetNode(asset: string): string {
  return `asset_${quoted(asset)}[("${asset}")]`;
}

function shape({ name, kind, state }: GraphNode): string {
  const label = state === undefined ? name : `${name}<br/>${state}`;
  const [open, close] = SHAPES[kind];
  return `${open}"${kind === 'loop' ? `${label} ↻` : label}"${close}`;
}

/** Rounded is what waits, a circle is time, a rhombus is for people. */
const SHAPES: Readonly<Record<GraphNode['kind'], readonly [string, string]>> = {
  task: ['[', ']'],
  map: ['[[', ']]'],
  loop: ['[[', ']]'],
  child: ['[/', '/]'],
  finally: ['{{', '}}'],
  sensor: ['([', '])'],
  signal: ['([', '])'],
  time: ['((', '))'],
  approval: ['{', '}'],
};

function arrow(when: TriggerRule): string {
  return when === 'all_success' ? '-->' : `-- ${when} -->`;
}

function quoted(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9]/g, '_');
}
