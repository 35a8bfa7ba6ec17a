/** `assay tables …`: the lake's tables, their versions, rows and files. No server. */
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';

import type { DuckDB, Lake, SqlRow } from '../../activities/lake/contract.ts';
import { Refusal } from '../refusal.ts';
import { positiveInteger } from './arguments.ts';
import type { CommandContext } from './command.ts';
import { action, example } from './command.ts';
import type { Output } from './output.ts';

export interface TableServices {
  readonly lake: Lake;
  readonly duckdb: DuckDB;
}

type Context = CommandContext<TableServices>;

interface Json {
  readonly json?: boolean;
}

/** A week, as Delta has it: long enough for every reader and writer that is still at work. */
const RETAIN_HOURS = 168;
const PREVIEW_ROWS = 10;

export function registerTables(program: Command, context: Context): void {
  const tables = program
    .command('tables')
    .description('the lake: tables, versions, rows and files')
    .addHelpText('before', example('assay tables list'));
  registerList(tables, context);
  registerShow(tables, context);
  registerHistory(tables, context);
  registerPreview(tables, context);
  registerVacuum(tables, context);
}

function registerList(tables: Command, context: Context): void {
  tables
    .command('list')
    .description('every table with its newest version')
    .option('--json', 'print JSON')
    .addHelpText('before', example('assay tables list'))
    .action(
      action(context, async ({ lake }, { json }: Json) => {
        const { output } = context;
        const found = await lake.list();
        if (json === true) output.json(found);
        else if (found.length === 0) output.note('the lake is empty; `assay demo` fills it');
        else {
          output.table(
            ['TABLE', 'VERSION', 'ROWS', 'BYTES'],
            found.map(({ name, version, rows, bytes }) => [name, ...[version, rows, bytes].map(String)]),
          );
        }
        return 0;
      }),
    );
}

function registerShow(tables: Command, context: Context): void {
  tables
    .command('show')
    .description("a table's columns, partitions and size")
    .argument('<table>')
    .option('--version <n>', 'instead of the newest', version)
    .option('--json', 'print JSON')
    .addHelpText('before', example('assay tables show gold/readmission_features'))
    .action(
      action(context, async ({ lake }, table: string, options: Json & { version?: number }) => {
        const { output } = context;
        await known(lake, table);
        const { transactions: _, ...snapshot } = await lake.snapshot(table, options.version);
        if (options.json === true) output.json(snapshot);
        else {
          const { partitionBy, files, rows, bytes } = snapshot;
          output.line(`${output.paint(table, 'bold')} at version ${snapshot.version}`);
          output.line(`${rows} rows in ${files.length} files of ${bytes} bytes`);
          if (partitionBy.length > 0) output.line(`partitioned by ${partitionBy.join(', ')}`);
          output.table(
            ['COLUMN', 'TYPE'],
            snapshot.columns.map(({ name, type }) => [name, type]),
          );
        }
        return 0;
      }),
    );
}

function registerHistory(tables: Command, context: Context): void {
  tables
    .command('history')
    .description('every commit of a table, and the run and task that made it')
    .argument('<table>')
    .option('--json', 'print JSON')
    .addHelpText('before', example('assay tables history gold/readmission_features'))
    .action(
      action(context, async ({ lake }, table: string, { json }: Json) => {
        await known(lake, table);
        const history = await lake.history(table);
        if (json === true) context.output.json(history);
        else {
          context.output.table(
            ['VERSION', 'AT', 'ROWS ADDED', 'REMOVED', 'OPERATION', 'KEY'],
            history.map(({ version: number, at, rows, operation, key = '' }) => [
              String(number),
              at,
              String(rows.added),
              String(rows.removed),
              operation,
              key,
            ]),
          );
        }
        return 0;
      }),
    );
}

function registerPreview(tables: Command, context: Context): void {
  tables
    .command('preview')
    .description('a few rows of a table, at any version')
    .argument('<table>')
    .option('--version <n>', 'instead of the newest', version)
    .option('--limit <n>', 'rows at most', positiveInteger, PREVIEW_ROWS)
    .option('--json', 'print JSON')
    .addHelpText('before', example('assay tables preview gold/readmission_features --version 3 --limit 5'))
    .action(
      action(
        context,
        async (services, table: string, options: Json & { version?: number; limit: number }) => {
          await known(services.lake, table);
          const { columns, rows } = await preview(services, table, options);
          if (options.json === true) context.output.json(rows);
          else printRows(context.output, columns, rows);
          return 0;
        },
      ),
    );
}

function registerVacuum(tables: Command, context: Context): void {
  tables
    .command('vacuum')
    .description('delete the data files that no version inside the retention needs')
    .argument('[tables...]', 'all of the lake where none is named')
    .option('--retain-hours <n>', 'how far back versions stay readable', hours, RETAIN_HOURS)
    .option('--dry-run', 'only say what would be deleted')
    .option('--json', 'print JSON')
    .addHelpText(
      'before',
      example('assay tables vacuum --dry-run', 'assay tables vacuum gold/readmission_features'),
    )
    .action(
      action(
        context,
        async ({ lake }, named: string[], options: Json & { retainHours: number; dryRun?: boolean }) => {
          for (const table of named) await known(lake, table);
          const { dryRun = false, retainHours } = options;
          const every = named.length > 0 ? named : (await lake.list()).map(({ name }) => name);
          const results: { table: string; dryRun: boolean; deleted: string[] }[] = [];
          for (const table of every) {
            results.push({ table, dryRun, ...(await lake.vacuum(table, { retainHours, dryRun })) });
          }
          if (options.json === true) context.output.json(results);
          else for (const result of results) printVacuum(context.output, result);
          return 0;
        },
      ),
    );
}

async function preview(
  { lake, duckdb }: TableServices,
  table: string,
  { version: asked, limit }: { version?: number; limit: number },
): Promise<{ columns: readonly string[]; rows: SqlRow[] }> {
  const snapshot = await lake.snapshot(table, asked);
  const rows = await duckdb.session(async (session) => {
    await lake.attach(session, 'preview', snapshot);
    return session.rows('SELECT * FROM preview LIMIT $limit', { limit });
  });
  return { columns: snapshot.columns.map(({ name }) => name), rows: rows.map(jsonRow) };
}

/** JSON has no integers above 2^53: those are given as text. */
function jsonRow(row: SqlRow): SqlRow {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, typeof value === 'bigint' ? String(value) : value]),
  );
}

function printRows(output: Output, columns: readonly string[], rows: readonly SqlRow[]): void {
  const cell = (value: unknown): { text: string; colour?: 'dim' } =>
    value === null
      ? { text: 'NULL', colour: 'dim' }
      : { text: typeof value === 'string' ? value : JSON.stringify(value) };
  output.table(
    columns,
    rows.map((row) => columns.map((column) => cell(row[column]))),
  );
}

function printVacuum(
  output: Output,
  { table, dryRun, deleted }: { table: string; dryRun: boolean; deleted: string[] },
): void {
  for (const path of deleted) output.line(`${table}/${path}`);
  output.note(`${table}: ${deleted.length} files ${dryRun ? 'would be deleted' : 'deleted'}`);
}

/** @throws Refusal UnknownTable listing what exists */
async function known(lake: Lake, table: string): Promise<void> {
  const names = (await lake.list()).map(({ name }) => name);
  if (names.includes(table)) return;
  const found = names.length > 0 ? names.join(', ') : 'none, the lake is empty';
  throw new Refusal('UnknownTable', `no table is named ${table}; known are ${found}`, {
    next: names.length > 0 ? 'assay tables list' : 'assay demo',
  });
}

function version(text: string): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(number)) return number;
  throw new InvalidArgumentError('A whole number from 0 is expected.');
}

function hours(text: string): number {
  const number = Number(text);
  if (text.trim() !== '' && Number.isFinite(number) && number >= 0) return number;
  throw new InvalidArgumentError('A number of hours from 0 is expected.');
}
