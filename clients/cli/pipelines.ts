/** `assay pipelines …`: what pipelines there are, what they take, and how their tasks hang together. */
import { Option } from 'commander';
import type { Command } from 'commander';

import { toMermaid } from '../../workflows/domain/graph.ts';
import type { TaskGraph } from '../../workflows/domain/graph.ts';
import type { Pause } from '../../activities/ledger/contract.ts';
import type { PauseServices } from '../pipelines/pause.ts';
import { unknownPipeline } from '../runs/list.ts';
import type { PipelineSource } from '../runs/services.ts';
import { jsonArgument } from './arguments.ts';
import { startLines } from './pipeline-starts.ts';
import type { CommandContext } from './command.ts';
import { action, example } from './command.ts';
import type { Cell } from './output.ts';
import { paramRows } from './params-view.ts';
import { registerPipelinePause } from './pipelines-pause.ts';
import { registerPipelineTest } from './pipelines-test.ts';

export interface PipelineServices extends PauseServices {
  /** A dry run of the function up to the first reference that it awaits, without params with their defaults. */
  readonly graph: (pipeline: string, params: unknown) => TaskGraph | Promise<TaskGraph>;
  /** JSON Schema of the params. */
  readonly paramsSchema: (pipeline: string) => unknown;
}

type Context = CommandContext<PipelineServices>;

export function registerPipelines(program: Command, context: Context): void {
  const pipelines = program
    .command('pipelines')
    .description('what pipelines there are')
    .addHelpText('before', example('assay pipelines list', 'assay pipelines graph medallion'));
  registerList(pipelines, context);
  registerShow(pipelines, context);
  registerGraph(pipelines, context);
  registerPipelinePause(pipelines, context);
  registerPipelineTest(pipelines, context);
}

function registerList(pipelines: Command, context: Context): void {
  pipelines
    .command('list')
    .description('every pipeline of this code')
    .option('--json', 'print JSON')
    .addHelpText('before', example('assay pipelines list'))
    .action(
      action(context, async (services, options: { json?: boolean }) => {
        const rows = await Promise.all(
          [...services.pipelines.values()].map(async (pipeline) => ({
            ...summary(pipeline),
            paused: (await services.pauses.of(pipeline.name)) ?? null,
          })),
        );
        if (options.json === true) context.output.json(rows);
        else {
          context.output.table(
            ['PIPELINE', 'STATE', 'TAGS', 'DESCRIPTION'],
            rows.map((row) => [row.name, stateCell(row.paused), row.tags.join(', '), row.description ?? '']),
          );
        }
        return 0;
      }),
    );
}

function registerShow(pipelines: Command, context: Context): void {
  pipelines
    .command('show')
    .description('what a pipeline is, and what params it takes')
    .argument('<name>')
    .option('--json', 'print JSON')
    .addHelpText('before', example('assay pipelines show medallion'))
    .action(
      action(context, async (services, name: string, options: { json?: boolean }) => {
        const { output } = context;
        const source = find(services, name);
        const { timetable, assets } = source;
        const starts = { ...(timetable && { timetable }), ...(assets && { assets }) };
        const paused = (await services.pauses.of(name)) ?? null;
        const params = services.paramsSchema(name);
        const pipeline = { ...summary(source), ...starts, paused, params };
        if (options.json === true) output.json(pipeline);
        else {
          output.line(output.paint(name, 'bold'));
          if (pipeline.description !== undefined) output.line(pipeline.description);
          if (paused !== null) {
            output.line(`paused  since ${paused.at} by ${paused.by}: ${paused.reason}`);
            output.line(`        to let it start again: assay pipelines resume ${name}`);
          }
          if (pipeline.tags.length > 0) output.line(`tags    ${pipeline.tags.join(', ')}`);
          for (const line of startLines(source)) output.line(line);
          const rows = paramRows(params);
          output.line();
          if (rows.length > 0) output.table(['PARAM', 'KIND', 'DEFAULT', 'RULES'], rows);
          else output.line('It takes no params.');
          output.line();
          output.line(`next: assay pipelines graph ${name}`);
        }
        return 0;
      }),
    );
}

function registerGraph(pipelines: Command, context: Context): void {
  interface Options {
    readonly format: 'mermaid' | 'json';
    readonly params?: string;
  }
  pipelines
    .command('graph')
    .description('the tasks and what each comes after, before any run')
    .argument('<name>')
    .addOption(new Option('--format <format>').choices(['mermaid', 'json']).default('mermaid'))
    .option('--params <json>', 'where the graph depends on them: JSON, or @FILE')
    .addHelpText('before', example('assay pipelines graph medallion --format mermaid'))
    .action(
      action(context, async (services, name: string, { format, params }: Options) => {
        find(services, name);
        const graph = await services.graph(
          name,
          params === undefined ? undefined : await jsonArgument(params),
        );
        if (format === 'json') context.output.json(graph);
        else context.output.line(toMermaid(graph));
        return 0;
      }),
    );
}

function stateCell(paused: Pause | null): Cell {
  return paused === null ? { text: 'on', colour: 'green' } : { text: 'paused', colour: 'yellow' };
}

function find({ pipelines }: PipelineServices, name: string): PipelineSource {
  const pipeline = pipelines.get(name);
  if (pipeline === undefined) throw unknownPipeline(pipelines, name);
  return pipeline;
}

function summary({ name, tags = [], description }: PipelineSource): {
  name: string;
  tags: readonly string[];
  description?: string;
} {
  return { name, tags, ...(description === undefined ? {} : { description }) };
}
