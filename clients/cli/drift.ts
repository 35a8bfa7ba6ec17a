/** `assay drift compare`: whether two files hold the same distributions. No server, no project. */
import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { Option, type Command } from 'commander';

import type { CompareFiles, CompareOptions, FileComparison } from '../../activities/drift/contract.ts';
import type { ComparisonPage } from '../../activities/reports/comparison/render.ts';
import type { ColumnDrift, DriftVerdict } from '../../workflows/domain/drift/compare.ts';
import { Refusal } from '../refusal.ts';
import { positiveInteger } from './arguments.ts';
import type { CommandContext } from './command.ts';
import { action, example } from './command.ts';
import {
  columnsFlag,
  compareOptions,
  DriftConfig,
  kindFlag,
  numberFlag,
  requireTwoFiles,
  type DriftFlags,
} from './drift-options.ts';
import type { ExitCode } from './failure.ts';
import { jsonFile } from './json-file.ts';
import type { Cell, Colour, Output } from './output.ts';

interface DriftServices {
  readonly compareFiles: CompareFiles;
  readonly drawComparison: (comparison: ComparisonPage) => Promise<string>;
}

interface Options extends DriftFlags {
  readonly config?: string;
  readonly html?: string;
  readonly json?: boolean;
}

type Context = CommandContext<DriftServices>;

const ENDINGS = `
PSI from 0.10 on is a warning and from 0.25 on an alarm, where both tests agree: CHANCE is what the PSI exceeds
by chance alone with probability alpha, P is the χ² test's; missing, rare and never-seen values are bins of
their own.
Ends with 0 where the verdict is ok or warn, with 1 where it is alarm or insufficient_data or a feed is
broken, and with 2 where the files can't be compared. --config takes JSON with any of columns, kinds, edges,
missing, binning, bins, maxValues, rare, floor, alpha, minRows, warn, alarm.`;

export function registerDrift(program: Command, context: Context): void {
  program
    .command('drift')
    .description('how far data has moved')
    .addHelpText('before', example('assay drift compare january.csv february.csv'))
    .command('compare')
    .description('PSI, χ² and data quality of one file against another; bins come from the reference alone')
    .argument('<reference>', 'CSV or Parquet')
    .argument('<current>', 'CSV or Parquet')
    .option('--columns <a,b>', 'these alone', columnsFlag)
    .option('--kind <column=kind>', 'numeric or categorical; may be given again', kindFlag)
    .addOption(
      new Option('--binning <how>', 'of numbers with more than 20 values').choices([
        'quantile',
        'width',
        'values',
      ]),
    )
    .option('--bins <n>', 'quantile or equal-width bins (10)', positiveInteger)
    .option('--rare <share>', 'rarer values are counted together; 0 keeps each apart (0.005)', numberFlag)
    .option('--floor <share>', 'least share in the reported PSI (0.0001)', numberFlag)
    .option('--alpha <p>', 'of both tests (0.001)', numberFlag)
    .option('--min-rows <n>', 'fewer are not judged (300)', positiveInteger)
    .option('--config <file>', 'JSON; flags have the last word')
    .option('--html <out>', 'write a page for people, which needs nothing but itself')
    .option('--json', 'print JSON')
    .addHelpText('before', example('assay drift compare march.csv september.csv --columns age,payer_code'))
    .addHelpText('after', ENDINGS)
    .action(
      action(context, async (services, reference: string, current: string, options: Options) => {
        requireTwoFiles(reference, current);
        const config = options.config === undefined ? {} : await jsonFile(options.config, DriftConfig);
        const asked = compareOptions(config, options);
        const report = await services.compareFiles(reference, current, asked);
        if (options.html !== undefined) {
          const drawn = { comparison: report, reference: basename(reference), current: basename(current) };
          await writePage(services, options.html, { ...drawn, thresholds: asked.policy });
          context.output.note(`page: ${options.html}`);
        }
        if (options.json === true) context.output.json(report);
        else print(context.output, report);
        return endingOf(report);
      }),
    );
}

/** @throws Refusal UnwritableFile */
async function writePage(
  { drawComparison }: DriftServices,
  file: string,
  page: Omit<ComparisonPage, 'thresholds'> & { readonly thresholds: CompareOptions['policy'] },
): Promise<void> {
  const { warn, alarm } = page.thresholds;
  const drawn = await drawComparison({ ...page, thresholds: { warn, alarm } });
  await writeFile(file, drawn).catch((error: NodeJS.ErrnoException) => {
    throw new Refusal('UnwritableFile', `the page can't be written to ${file}: ${error.message}`);
  });
}

function endingOf({ verdict, quality }: FileComparison): ExitCode {
  const fine = (verdict === 'ok' || verdict === 'warn') && quality !== 'broken';
  return fine ? 0 : 1;
}

const COLOURS: Readonly<Record<DriftVerdict, Colour>> = {
  ok: 'green',
  warn: 'yellow',
  alarm: 'red',
  insufficient_data: 'magenta',
};
/** Below it the digits say nothing more. */
const LEAST_P = 0.0001;
const WORST_FIRST: readonly DriftVerdict[] = ['alarm', 'warn', 'insufficient_data', 'ok'];

function print(output: Output, report: FileComparison): void {
  const { verdict, quality, reference, current, columns, extraColumns } = report;
  output.line(
    `${output.paint(verdict, COLOURS[verdict])}  ${reference.rows} rows against ${current.rows}, ${columns.length} columns`,
  );
  output.table(
    ['COLUMN', 'VERDICT', 'PSI', 'CHANCE', 'P', 'MISSING', 'WHY'],
    columns.toSorted(worstFirst).map(row),
  );
  for (const { name, quality: found } of columns) {
    for (const reason of found.reasons) output.line(`${output.paint('broken', 'red')}  ${name}: ${reason}`);
  }
  if (quality === 'broken') output.note('a broken feed asks for a fix, not for a retraining');
  if (extraColumns.length > 0) output.note(`not in the reference, not judged: ${extraColumns.join(', ')}`);
}

function worstFirst(a: ColumnDrift, b: ColumnDrift): number {
  const rank = WORST_FIRST.indexOf(a.verdict) - WORST_FIRST.indexOf(b.verdict);
  return rank === 0 ? (b.psi ?? 0) - (a.psi ?? 0) : rank;
}

function row({
  name,
  verdict,
  psi,
  psiCritical,
  chiSquare,
  missing,
  reason,
}: ColumnDrift): (string | Cell)[] {
  const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
  return [
    name,
    { text: verdict, colour: COLOURS[verdict] },
    psi === null ? '-' : psi.toFixed(4),
    psiCritical === null ? '-' : psiCritical.toFixed(4),
    chiSquare === null ? '-' : probability(chiSquare.pValue),
    `${percent(missing.reference)} → ${percent(missing.current)}`,
    reason,
  ];
}

function probability(p: number): string {
  return p < LEAST_P ? `< ${LEAST_P}` : p.toFixed(4);
}
