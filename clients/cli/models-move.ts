/** `assay models promote` and `rollback`: the two ways to move a champion by hand, both as runs. */
import { userInfo } from 'node:os';
import type { Command } from 'commander';

import type { Registry } from '../../activities/registry/contract.ts';
import type { PinnedModel } from '../../activities/scoring/contract.ts';
import type { GateVerdict } from '../../workflows/domain/gates.ts';
import type { ProjectSpec } from '../../workflows/domain/project.ts';
import type { RunRecord } from '../../workflows/domain/run-record.ts';
import { Refusal } from '../refusal.ts';
import { positiveInteger } from './arguments.ts';
import type { CommandContext } from './command.ts';
import { action, example } from './command.ts';
import type { ExitCode } from './failure.ts';
import { printVerdict } from './model-view.ts';
import type { Output } from './output.ts';

interface PromotionParams {
  readonly project: string;
  readonly version: number;
  readonly override?: { readonly by: string; readonly reason: string };
}

interface RollbackParams {
  readonly model: string;
  readonly by: string;
  readonly reason: string;
}

type EndedRun = Pick<RunRecord, 'run' | 'state' | 'result' | 'error'>;

export interface MoveServices {
  readonly registry: Registry;
  readonly projects: Readonly<Record<string, ProjectSpec>>;
  /** Starts the pipeline `promotion` and waits for its end. */
  readonly promote: (params: PromotionParams) => Promise<EndedRun>;
  /** The same of `rollback`. */
  readonly rollBack: (params: RollbackParams) => Promise<EndedRun>;
}

interface Options {
  readonly by?: string;
  readonly json?: boolean;
}

type Context = CommandContext<MoveServices>;

const ROLLBACK_REASON = 'rolled back by hand';

export function registerPromote(models: Command, context: Context): void {
  models
    .command('promote')
    .description('judge a version by the gate, and make it champion if it passes; exit 1 if not')
    .argument('<name>')
    .argument('<version>', 'its number', positiveInteger)
    .option('--override <reason>', 'promote whatever the gate says; the reason stands in the log')
    .option('--by <who>', 'who decides; by default you')
    .option('--json', 'print JSON')
    .addHelpText('before', example('assay models promote readmission 3'))
    .action(
      action(
        context,
        async (services, name: string, version: number, options: Options & { override?: string }) => {
          const project = await projectOf(services, name, version);
          const { override, by = userInfo().username, json } = options;
          const word = override === undefined ? {} : { override: { by, reason: override } };
          const run = await services.promote({ project, version, ...word });
          return ended(context.output, run) ? promoted(context.output, name, version, run, json) : 1;
        },
      ),
    );
}

export function registerRollback(models: Command, context: Context): void {
  models
    .command('rollback')
    .description('make the previous champion champion again: one step back')
    .argument('<name>')
    .option('--reason <text>', 'stands in the log', ROLLBACK_REASON)
    .option('--by <who>', 'who decides; by default you')
    .option('--json', 'print JSON')
    .addHelpText('before', example('assay models rollback readmission --reason "calls doubled overnight"'))
    .action(
      action(context, async (services, name: string, options: Options & { reason: string }) => {
        const { output } = context;
        await services.registry.log(name);
        const { reason, by = userInfo().username, json } = options;
        const run = await services.rollBack({ model: name, by, reason });
        if (!ended(output, run)) return 1;
        const champion = run.result as PinnedModel;
        if (json === true) output.json({ run: run.run, champion });
        else output.line(`${name}/${champion.version} is champion again`);
        return 0;
      }),
    );
}

/** @throws UnknownModel, UnknownVersion, Refusal NoProject */
async function projectOf(
  { registry, projects }: MoveServices,
  model: string,
  version: number,
): Promise<string> {
  await registry.version(model, version);
  const project = Object.values(projects).find((spec) => spec.model === model);
  if (project) return project.name;
  throw new Refusal(
    'NoProject',
    `no project of pipelines/projects.ts has the model ${model}, so no gate is declared for it`,
  );
}

/** Says why where the run failed. */
function ended(output: Output, { run, state, error }: EndedRun): boolean {
  if (state === 'success') return true;
  output.note(`error: run ${run} ended ${state}: ${error?.message ?? 'without saying why'}`);
  output.note(`  next: assay runs show ${run}`);
  return false;
}

function promoted(
  output: Output,
  name: string,
  version: number,
  { run, result }: EndedRun,
  json: boolean | undefined,
): ExitCode {
  // What the pipeline `promotion` returns.
  const outcome = result as { verdict: GateVerdict; promoted: PinnedModel | null };
  if (json === true) output.json({ run, ...outcome });
  else {
    printVerdict(output, outcome.verdict);
    output.line(outcome.promoted ? `${name}/${version} is champion` : `${name}/${version} was not promoted`);
  }
  return outcome.promoted ? 0 : 1;
}
