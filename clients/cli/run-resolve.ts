/** `assay runs resolve` and `assay runs mark`: what a person decides about a failed task. */
import { userInfo } from 'node:os';
import { Option } from 'commander';
import type { Command } from 'commander';

import type { Resolution } from '../../workflows/domain/resolution.ts';
import { Refusal } from '../refusal.ts';
import { markTask, resolveTask } from '../runs/resolve.ts';
import type { RunServices } from '../runs/services.ts';
import { jsonArgument } from './arguments.ts';
import type { CommandContext } from './command.ts';
import { action, example } from './command.ts';

type Context = CommandContext<RunServices>;

interface Options {
  readonly retry?: boolean;
  readonly succeed?: string;
  readonly skip?: boolean;
  readonly fail?: boolean;
  readonly by?: string;
  readonly comment?: string;
  readonly json?: boolean;
}

const RUN = 'medallion-2026-02-01T00:00:00Z';

export function registerResolve(runs: Command, context: Context): void {
  decision(runs.command('resolve'))
    .description('decide about a failed task that an open run holds')
    .addHelpText(
      'before',
      example(`assay runs resolve ${RUN} silver --retry --comment 'the disk is empty again'`),
    )
    .action(
      action(context, async (services, run: string, task: string, options: Options) => {
        const resolved = await resolveTask(services, run, await resolutionOf(task, options));
        if (options.json === true) context.output.json(resolved);
        else context.output.line(`${run}: ${task} ${WORDS[resolved.action]}; see: assay runs watch ${run}`);
        return 0;
      }),
    );
}

export function registerMark(runs: Command, context: Context): void {
  decision(runs.command('mark'))
    .description('decide about a task of a run that is over: it counts from its next attempt on')
    .addHelpText('before', example(`assay runs mark ${RUN} silver --succeed '{"rows":7}'`))
    .action(
      action(context, async (services, run: string, task: string, options: Options) => {
        const marked = await markTask(services, run, await resolutionOf(task, options));
        if (options.json === true) context.output.json(marked);
        else {
          context.output.line(`${run}: ${task} ${WORDS[marked.action]} in the next attempt`);
          context.output.note(`next: assay runs rerun ${run} --only-failed`);
        }
        return 0;
      }),
    );
}

const WORDS: Readonly<Record<Resolution['action'], string>> = {
  retry: 'is tried again',
  succeed: 'counts as a success',
  skip: 'is skipped',
  fail: 'has failed',
};

function decision(command: Command): Command {
  const actions = ['retry', 'succeed', 'skip', 'fail'];
  const option = (flags: string, name: string, description: string): Option =>
    new Option(flags, description).conflicts(actions.filter((other) => other !== name));
  return command
    .argument('<id>')
    .argument('<task>', 'name, or name[index] for an item of a map')
    .addOption(option('--retry', 'retry', 'try it again'))
    .addOption(option('--succeed <json>', 'succeed', 'take it for done, with this result: JSON, or @FILE'))
    .addOption(option('--skip', 'skip', 'skip it, and what its skipping skips'))
    .addOption(option('--fail', 'fail', 'let it fail'))
    .option('--by <who>', 'who decides; by default you')
    .option('--comment <text>', 'why; it stands in the record')
    .option('--json', 'print JSON');
}

/** @throws Refusal NoDecision */
async function resolutionOf(task: string, options: Options): Promise<Resolution> {
  const { by = userInfo().username, comment, succeed, retry, skip, fail } = options;
  const said = { task, by, ...(comment !== undefined && { comment }) };
  if (succeed !== undefined) return { ...said, action: 'succeed', value: await jsonArgument(succeed) };
  const chosen = retry === true ? 'retry' : skip === true ? 'skip' : fail === true ? 'fail' : undefined;
  if (chosen !== undefined) return { ...said, action: chosen };
  throw new Refusal(
    'NoDecision',
    `what is to become of ${task}? --retry, --succeed <json>, --skip or --fail`,
    { next: 'assay runs resolve --help' },
  );
}
