/** `assay runs grid`: the last runs of a pipeline by task, a letter for each state. */
import type { Command } from 'commander';

import { runGrid, type Grid } from '../runs/grid.ts';
import type { RunServices } from '../runs/services.ts';
import { positiveInteger } from './arguments.ts';
import type { CommandContext } from './command.ts';
import { action, example } from './command.ts';
import type { Output } from './output.ts';
import { RUNS, TASKS } from './run-view.ts';

interface Options {
  readonly last: number;
  readonly key?: string;
  readonly json?: boolean;
}

export function registerGrid(runs: Command, context: CommandContext<RunServices>): void {
  runs
    .command('grid')
    .description('the last runs of a pipeline beside each other, a letter for the state of each task')
    .argument('<pipeline>')
    .option('-n, --last <n>', 'so many runs', positiveInteger, 25)
    .option('--key <key>', 'the project or partition')
    .option('--json', 'print JSON')
    .addHelpText('before', example('assay runs grid medallion -n 30'))
    .action(
      action(context, async (services, pipeline: string, { json, ...options }: Options) => {
        const grid = await runGrid(services, pipeline, options);
        if (json === true) context.output.json(grid);
        else for (const line of gridLines(grid, context.output.paint)) context.output.line(line);
        return 0;
      }),
    );
}

/** The oldest run on the left. */
function gridLines({ pipeline, runs, tasks }: Grid, paint: Output['paint']): string[] {
  const [first, last] = [runs[0], runs.at(-1)];
  if (first === undefined || last === undefined) return [`${pipeline} has not run yet`];
  const width = Math.max('the run'.length, ...tasks.map((task) => task.length));
  const row = (name: string, cells: readonly string[]): string =>
    `${name.padEnd(width)}  ${cells.join(' ')}`.trimEnd();
  const states = runs.map(({ state }) => paint(RUNS[state].letter, RUNS[state].colour));
  const cells = (task: string): string[] =>
    runs.map((run) => {
      const state = run.tasks[task];
      return state === undefined ? ' ' : paint(TASKS[state].letter, TASKS[state].colour);
    });
  return [
    `${paint(pipeline, 'bold')}  ${runs.length} runs, from ${first.run} to ${last.run}`,
    '',
    row('the run', states),
    ...tasks.map((task) => row(task, cells(task))),
    '',
    legend(runs, paint),
  ];
}

function legend(runs: Grid['runs'], paint: Output['paint']): string {
  const shown = new Set(runs.flatMap(({ tasks }) => Object.values(tasks)));
  const ofTasks = Object.entries(TASKS).filter(([state]) => [...shown].some((one) => one === state));
  const ofRuns = Object.entries(RUNS).filter(([state]) => runs.some((run) => run.state === state));
  const marks = new Map(
    [...ofRuns, ...ofTasks].map(([state, { letter, colour }]) => [letter, { state, colour }]),
  );
  return [...marks].map(([letter, { state, colour }]) => `${paint(letter, colour)} ${state}`).join('  ');
}
