/** `assay models retrain`, `freeze`, `resume` and `governor`: what a person says to a model's governor, and how it stands. */
import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import type { Command } from 'commander';

import type { Answer, Ask, PersonsWord } from '../../activities/governance/contract.ts';
import type { Registry, RegistryEntry } from '../../activities/registry/contract.ts';
import type { ProjectSpec } from '../../workflows/domain/project.ts';
import { wholeSecond } from '../../workflows/domain/run-id.ts';
import type { GovernorState } from '../../workflows/governor.ts';
import { Refusal } from '../refusal.ts';
import type { CommandContext } from './command.ts';
import { action, example } from './command.ts';
import type { ExitCode } from './failure.ts';
import { printAnswer, printStanding } from './governor-view.ts';

export interface GovernServices {
  readonly registry: Registry;
  readonly projects: Readonly<Record<string, ProjectSpec>>;
  readonly governors: {
    /** @param withinMs gives up then; never by default */
    ask(governed: { project: string; model: string }, ask: Ask, withinMs?: number): Promise<Answer>;
    state(model: string, withinMs: number): Promise<GovernorState | undefined>;
  };
}

/** What stands in the log, and what the governor itself says where it can be asked. */
export interface GovernorStanding {
  readonly model: string;
  readonly champion: number | null;
  readonly frozen?: { readonly by: string; readonly reason: string; readonly at: string };
  readonly decision?: Extract<RegistryEntry, { kind: 'decision' }>['decision'];
  /** Absent where no server or no worker answers, or no governor has been started. */
  readonly live?: Pick<GovernorState, 'running' | 'retraining'>;
}

interface Options {
  readonly reason?: string;
  readonly by?: string;
  readonly wait?: boolean;
  readonly json?: boolean;
}

type Context = CommandContext<GovernServices>;

/** A decision reads tables, and a busy data worker may be at something else first. */
const ANSWER_WITHIN_MS = 120_000;
const STATE_WITHIN_MS = 5_000;

const WORDS: Readonly<Record<PersonsWord['says'], string>> = {
  retrain: 'ask the governor for a retraining; exit 1 where it decides otherwise, or nothing is promoted',
  freeze: 'let the governor start nothing until somebody says resume',
  resume: 'let the governor start retrainings again; failed attempts are forgiven',
};

export function registerGovern(models: Command, context: Context): void {
  registerWord(models, context, 'retrain').option(
    '--wait',
    'until the retraining is over, and its challenger judged',
  );
  registerWord(models, context, 'freeze');
  registerWord(models, context, 'resume');
  registerGovernor(models, context);
}

function registerWord(models: Command, context: Context, says: PersonsWord['says']): Command {
  return models
    .command(says)
    .description(WORDS[says])
    .argument('<model>')
    .requiredOption('--reason <text>', 'stands in the log')
    .option('--by <who>', 'who asks; by default you')
    .option('--json', 'print the decision as JSON')
    .addHelpText('before', example(`assay models ${says} readmission --reason "new coding rules since May"`))
    .action(
      action(context, async ({ projects, governors }, model: string, options: Options) => {
        const { reason = '', by = userInfo().username, wait = false, json } = options;
        const project = projectOf(projects, model);
        const asOf = wholeSecond(Date.now());
        const ask: Ask = { key: `cli/${randomUUID()}`, asOf, wait, word: { says, by, reason } };
        const answer = await governors.ask({ project, model }, ask, wait ? undefined : ANSWER_WITHIN_MS);
        if (json === true) context.output.json(answer);
        else printAnswer(context.output, answer);
        return says === 'retrain' ? endingOf(answer, wait) : 0;
      }),
    );
}

function registerGovernor(models: Command, context: Context): void {
  models
    .command('governor')
    .description('what was decided last about a model, why, and what is under way')
    .argument('<model>')
    .option('--json', 'print JSON')
    .addHelpText('before', example('assay models governor readmission'))
    .action(
      action(context, async ({ registry, governors }, model: string, { json }: Options) => {
        const log = await registry.log(model);
        const { champion = null } = await registry.aliases(model);
        const live = await governors.state(model, STATE_WITHIN_MS).catch((error: Error) => {
          context.output.note(`from the log alone, for the governor does not answer: ${error.message}`);
          return undefined;
        });
        const standing = { model, champion, ...recorded(log), ...(live && { live: underWay(live) }) };
        if (json === true) context.output.json(standing);
        else printStanding(context.output, standing);
        return 0;
      }),
    );
}

function recorded(log: readonly RegistryEntry[]): Pick<GovernorStanding, 'decision' | 'frozen'> {
  const decided = log.findLast((entry) => entry.kind === 'decision');
  const frozen = log.findLast((entry) => entry.kind === 'freeze');
  return {
    ...(frozen?.frozen === true && { frozen: { by: frozen.by, reason: frozen.reason, at: frozen.at } }),
    ...(decided && { decision: decided.decision }),
  };
}

function underWay({ running, retraining }: GovernorState): NonNullable<GovernorStanding['live']> {
  return { ...(running !== undefined && { running }), ...(retraining && { retraining }) };
}

function endingOf({ decision, retraining }: Answer, waited: boolean): ExitCode {
  if (decision.decision !== 'retrain') return 1;
  if (!waited) return 0;
  return retraining !== undefined && 'promoted' in retraining && retraining.promoted !== null ? 0 : 1;
}

/** @throws Refusal NoProject */
function projectOf(projects: GovernServices['projects'], model: string): string {
  const project = Object.values(projects).find((spec) => spec.model === model);
  if (project) return project.name;
  const known = Object.values(projects).map((spec) => spec.model);
  throw new Refusal(
    'NoProject',
    `no project of pipelines/projects.ts has the model ${model}, so it has no governor; there are: ${known.join(', ')}`,
    { next: 'assay models list' },
  );
}
