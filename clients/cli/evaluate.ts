/** `assay evaluate`: metrics, intervals and gates over any file of scores. No server, no store. */
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';

import type { EvaluatedFile, ScoreFileRequest } from '../../activities/evaluation/contract.ts';
import { Refusal } from '../refusal.ts';
import type { CommandContext } from './command.ts';
import { action, example } from './command.ts';
import { printClasses, printScores } from './evaluation-view.ts';
import type { ExitCode } from './failure.ts';
import { readGatePolicy } from './gate-policy.ts';

export interface EvaluationServices {
  /** `evaluateFile` of activities/evaluation. */
  readonly evaluateFile: (request: ScoreFileRequest) => Promise<EvaluatedFile>;
}

interface Options {
  readonly label: string;
  readonly score?: readonly string[];
  readonly predicted?: string;
  readonly classes?: readonly string[];
  readonly positive?: string;
  readonly champion?: string;
  readonly group?: string;
  readonly slices?: readonly string[];
  readonly threshold: number;
  readonly gates?: string;
  readonly json?: boolean;
}

type Context = CommandContext<EvaluationServices>;

const EVEN_ODDS = 0.5;

export function registerEvaluate(program: Command, context: Context): void {
  program
    .command('evaluate')
    .description('metrics, intervals and gates over any file of labels and scores')
    .argument('<file>', 'CSV (plain or gzip) or Parquet')
    .requiredOption('--label <column>', 'what came true: 0 and 1, false and true, or classes')
    .option(
      '--score <columns...>',
      'probability of the positive class; several: of each class, named after it',
    )
    .option('--predicted <column>', 'the predicted class')
    .option(
      '--classes <labels...>',
      "of the --score columns, in their order, where the columns' names don't tell",
    )
    .option('--positive <label>', 'the label that counts as positive; every other one does not')
    .option('--champion <column>', "another model's score for the same rows, to compare with")
    .option(
      '--group <column>',
      'rows with one value here belong together (a patient): intervals allow for it',
    )
    .option('--slices <columns...>', 'figures by the values of these columns')
    .option('--threshold <score>', 'scores from here on are predicted positive', probability, EVEN_ODDS)
    .option(
      '--gates <file>',
      "bounds as JSON, in the shape of a project's gate; exit code 1 unless they pass",
    )
    .option('--json', 'print JSON')
    .addHelpText(
      'before',
      example(
        'assay evaluate scores.csv --label readmitted --score new --champion old --group patient',
        'assay evaluate classes.parquet --label species --score p_cat p_dog p_bird',
      ),
    )
    .action(
      action(context, (services, file: string, options: Options) =>
        evaluate(context, services, file, options),
      ),
    );
}

async function evaluate(
  { output }: Context,
  { evaluateFile }: EvaluationServices,
  file: string,
  options: Options,
): Promise<ExitCode> {
  const request = await requestOf(file, options);
  const found = await evaluateFile(request);
  if (options.json === true) output.json(found);
  else if (found.kind === 'binary') printScores(output, request, found);
  else printClasses(output, request, found);
  if (found.kind !== 'binary' || found.gates === undefined) return 0;
  const { verdict, notJudged } = found.gates;
  if (notJudged.length > 0)
    output.note(`not judged, for this file says nothing about it: ${notJudged.join(', ')}`);
  return verdict === 'pass' ? 0 : 1;
}

async function requestOf(file: string, options: Options): Promise<ScoreFileRequest> {
  const { label, predicted, positive, champion, group, threshold, gates } = options;
  const scores = columnsOf(options.score);
  const classes = options.classes && columnsOf(options.classes);
  const isBinary = scores.length === 1 && predicted === undefined;
  if (!isBinary) refuseBinaryOptions(scores, options);
  else if (classes) throw new Refusal('WrongOptions', '--classes is for several --score columns.');
  return {
    file,
    label,
    scores,
    slices: columnsOf(options.slices),
    threshold,
    ...(classes && { classes }),
    ...(predicted !== undefined && { predicted }),
    ...(positive !== undefined && { positive }),
    ...(champion !== undefined && { champion }),
    ...(group !== undefined && { group }),
    ...(gates !== undefined && { gates: await readGatePolicy(gates) }),
  };
}

/** What is not measured for several classes is refused, not passed over. */
function refuseBinaryOptions(scores: readonly string[], options: Options): void {
  if (scores.length === 0 && options.predicted === undefined) {
    throw new Refusal('WrongOptions', 'Name the columns to judge with --score or --predicted.');
  }
  if (scores.length === 1) {
    throw new Refusal(
      'WrongOptions',
      'With one --score column the prediction follows from --threshold: leave out --predicted, or name a column for every class.',
    );
  }
  const binaryOnly = (['positive', 'champion', 'slices', 'gates'] as const).filter(
    (name) => options[name] !== undefined,
  );
  if (binaryOnly.length === 0) return;
  const names = binaryOnly.map((name) => `--${name}`).join(', ');
  throw new Refusal('WrongOptions', `${names}: only with one --score column, of the positive class.`);
}

/** `a b` as well as `a,b`. */
function columnsOf(names: readonly string[] = []): string[] {
  return names.flatMap((name) => name.split(',')).filter((name) => name !== '');
}

function probability(text: string): number {
  const number = Number(text);
  if (text.trim() !== '' && number >= 0 && number <= 1) return number;
  throw new InvalidArgumentError('A number from 0 to 1 is expected.');
}
