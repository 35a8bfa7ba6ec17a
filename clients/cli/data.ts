/** `assay data check`: a data contract against any file. No server, no project. */
import type { Command } from 'commander';

import type { CheckFile, FileCheck } from '../../activities/lake/check-file.ts';
import type { CommandContext } from './command.ts';
import { action, example } from './command.ts';
import { ContractFile } from './contract-file.ts';
import { jsonFile } from './json-file.ts';
import type { Colour, Output } from './output.ts';

interface DataServices {
  readonly checkFile: CheckFile;
}

interface Options {
  readonly contract: string;
  readonly json?: boolean;
}

type Context = CommandContext<DataServices>;

const CONTRACTS = `
The contract file is a list of contracts as projects have them, without layer and table:
  [{ "name": "ages", "check": "range", "column": "age", "min": 0, "max": 120 },
   { "name": "ids", "check": "unique", "columns": ["id"], "severity": "warn" }]
or { "key": "id", "missing": ["?"], "asOf": "2026-01-31T00:00:00Z", "contracts": […] }.
Checks: not-null, unique, accepted-values, range, row-count, null-share, freshness, and sql, which selects
the breaking rows from "file". Ends with 1 where a contract of severity "fail" (the default) does not hold.`;

export function registerData(program: Command, context: Context): void {
  program
    .command('data')
    .description('what must hold of data')
    .addHelpText('before', example('assay data check admissions.csv --contract contract.json'))
    .command('check')
    .description('a data contract against a CSV or Parquet file')
    .argument('<file>', 'CSV or Parquet')
    .requiredOption('--contract <file>', 'JSON')
    .option('--json', 'print JSON')
    .addHelpText('before', example('assay data check encounters.csv --contract contract.json'))
    .addHelpText('after', CONTRACTS)
    .action(
      action(context, async ({ checkFile }, file: string, { contract, json }: Options) => {
        const { asOf, ...contracts } = await jsonFile(contract, ContractFile);
        const checked = await checkFile(file, {
          ...contracts,
          asOf: asOf === undefined ? Date.now() : Date.parse(asOf),
        });
        if (json === true) context.output.json(checked);
        else print(context.output, checked);
        return checked.verdict === 'fail' ? 1 : 0;
      }),
    );
}

const COLOURS: Readonly<Record<FileCheck['verdict'], Colour>> = {
  pass: 'green',
  warn: 'yellow',
  fail: 'red',
};

function print(output: Output, { verdict, rows, results }: FileCheck): void {
  output.line(`${output.paint(verdict, COLOURS[verdict])}  ${results.length} contracts on ${rows} rows`);
  output.table(
    ['CONTRACT', 'VERDICT', 'EXPECTED', 'FOUND', 'EXAMPLES'],
    results.map((result) => [
      result.name,
      { text: result.verdict, colour: COLOURS[result.verdict] },
      result.expected,
      String(result.observed),
      result.examples.join(', '),
    ]),
  );
}
