/** `assay models …`: what is registered, how it was judged, and who holds which alias. Reading needs no server. */
import type { Command } from 'commander';

import type { ModelVersion, Registry } from '../../activities/registry/contract.ts';
import type { EvaluationReport } from '../../workflows/domain/evaluation.ts';
import type { CommandContext } from './command.ts';
import { action, example } from './command.ts';
import { findVersion } from './model-reference.ts';
import { aliasesOf, describeEntry, figures, printVersion } from './model-view.ts';
import { registerGovern, type GovernServices } from './models-govern.ts';
import { registerPromote, registerRollback, type MoveServices } from './models-move.ts';

export interface ModelServices extends MoveServices, GovernServices {
  readonly registry: Registry;
}

type Context = CommandContext<ModelServices>;

interface Json {
  readonly json?: boolean;
}

/** @returns the `models` command, for `convert` to stand under it too */
export function registerModels(program: Command, context: Context): Command {
  const models = program
    .command('models')
    .description('the registry: versions, figures, aliases, the log')
    .addHelpText('before', example('assay models list'));
  registerList(models, context);
  registerShow(models, context);
  registerCompare(models, context);
  registerPromote(models, context);
  registerRollback(models, context);
  registerLog(models, context);
  registerGovern(models, context);
  return models;
}

function registerList(models: Command, context: Context): void {
  models
    .command('list')
    .description('every model with its versions and aliases')
    .option('--json', 'print JSON')
    .addHelpText('before', example('assay models list'))
    .action(
      action(context, async ({ registry }, { json }: Json) => {
        const { output } = context;
        const found = await Promise.all((await registry.models()).map((name) => summary(registry, name)));
        if (json === true) output.json(found);
        else if (found.length === 0) output.note('nothing is registered; `assay demo` trains a first model');
        else {
          const cell = (version: number | undefined): string =>
            version === undefined ? '-' : String(version);
          output.table(
            ['MODEL', 'VERSIONS', 'CHAMPION', 'CHALLENGER', 'PREVIOUS'],
            found.map(({ name, versions, aliases }) => [
              name,
              String(versions.length),
              ...[aliases.champion, aliases.challenger, aliases.previous].map(cell),
            ]),
          );
        }
        return 0;
      }),
    );
}

function registerShow(models: Command, context: Context): void {
  models
    .command('show')
    .description('a version: what it was trained on and how it was judged')
    .argument('<model>', 'NAME (its champion), NAME@ALIAS or NAME/VERSION')
    .option('--json', 'print JSON')
    .addHelpText(
      'before',
      example('assay models show readmission', 'assay models show readmission@challenger'),
    )
    .action(
      action(context, async ({ registry }, reference: string, { json }: Json) => {
        const found = await findVersion(registry, reference);
        const aliases = aliasesOf(await registry.aliases(found.model), found.version);
        const evaluation = await evaluationOf(registry, found);
        if (json === true) context.output.json({ ...found, aliases, evaluation });
        else printVersion(context.output, found, aliases, evaluation);
        return 0;
      }),
    );
}

function registerCompare(models: Command, context: Context): void {
  models
    .command('compare')
    .description('the figures of two versions side by side')
    .argument('<a>', 'NAME, NAME@ALIAS or NAME/VERSION')
    .argument('<b>', 'the same')
    .option('--json', 'print JSON')
    .addHelpText('before', example('assay models compare readmission@champion readmission@previous'))
    .action(
      action(context, async ({ registry }, a: string, b: string, { json }: Json) => {
        const { output } = context;
        const [one, other] = [await judged(registry, a), await judged(registry, b)];
        const sameSlice = one.evaluation.sliceDigest === other.evaluation.sliceDigest;
        if (json === true) output.json({ a: one, b: other, sameSlice });
        else {
          const values = new Map(figures(other.evaluation));
          output.table(
            ['FIGURE', nameOf(one), nameOf(other)],
            figures(one.evaluation).map(([name, value]) => [name, value, values.get(name) ?? '-']),
          );
        }
        if (!sameSlice)
          output.note('each was judged on rows of its own: only versions judged on the same rows compare');
        return 0;
      }),
    );
}

function registerLog(models: Command, context: Context): void {
  models
    .command('log')
    .description('every registration, gate and move of a model, the oldest first')
    .argument('<name>')
    .option('--json', 'print JSON')
    .addHelpText('before', example('assay models log readmission'))
    .action(
      action(context, async ({ registry }, name: string, { json }: Json) => {
        const log = await registry.log(name);
        if (json === true) context.output.json(log);
        else {
          context.output.table(
            ['NUMBER', 'AT', 'WHAT', 'BY'],
            log.map((entry) => [String(entry.number), entry.at, describeEntry(entry), entry.by]),
          );
        }
        return 0;
      }),
    );
}

async function summary(registry: Registry, name: string) {
  const log = await registry.log(name);
  const versions = log.flatMap((entry) => (entry.kind === 'registered' ? [entry.version] : []));
  return { name, versions: versions.toSorted((a, b) => a - b), aliases: await registry.aliases(name) };
}

async function judged(registry: Registry, reference: string) {
  const found = await findVersion(registry, reference);
  const { model, version, digest } = found;
  return { model, version, digest, evaluation: await evaluationOf(registry, found) };
}

function nameOf({ model, version }: Pick<ModelVersion, 'model' | 'version'>): string {
  return `${model}/${version}`;
}

/** The registry's own writing, proven by its digest. */
async function evaluationOf(registry: Registry, { model, version }: ModelVersion): Promise<EvaluationReport> {
  const bytes = await registry.artefact(model, version, 'metrics');
  return JSON.parse(new TextDecoder().decode(bytes)) as EvaluationReport;
}
