/** Contracts against any one file: the same judgement as between the layers, without a lake. */
import { ApplicationFailure } from '@temporalio/common';

import { quoteIdentifier } from '../../workflows/domain/identifier.ts';
import type { Contract } from '../../workflows/domain/project.ts';
import { checkViews } from './check.ts';
import type { CheckResult, DuckDB, Session } from './contract.ts';
import { literal } from './quote.ts';
import { openTableFile, type TableFile } from './table-file.ts';

/** A contract of a project without its place in one; a lone file has nothing to refer to. */
export type FileContract = Contract extends infer C
  ? C extends { readonly check: 'reference' }
    ? never
    : C extends Contract
      ? Omit<C, 'layer' | 'table'>
      : never
  : never;

interface FileContracts {
  readonly contracts: readonly FileContract[];
  /** What examples of breaking rows are named by; by default the row's number, from 1. */
  readonly key?: string;
  /** What freshness is measured from, milliseconds since 1970. */
  readonly asOf: number;
  /** Texts that stand for a missing value, besides the empty one. */
  readonly missing?: readonly string[];
}

export interface FileCheck {
  readonly verdict: CheckResult['verdict'];
  readonly rows: number;
  readonly results: readonly CheckResult[];
}

export type CheckFile = (file: string, contracts: FileContracts) => Promise<FileCheck>;

/** The table of bronze is what a file would become; SQL contracts select from `file`. */
const TABLE = 'bronze';
const FILE = 'file';
const ROW = '_row_of_file';

/** @throws UnreadableFile, MissingColumn, InvalidContract */
export function createCheckFile({ duckdb }: { readonly duckdb: DuckDB }): CheckFile {
  return (path, asked) =>
    duckdb.session(async (session) => {
      // Row numbers are to be the file's.
      await session.run('SET preserve_insertion_order = true');
      const file = await openTableFile(session, 'as_it_came', path);
      requireColumns(file, asked);
      await createViews(session, file, asked.missing ?? []);
      const [counted] = await session.rows<{ rows: number }>(`SELECT count(*) AS rows FROM ${FILE}`);
      const results = await judge(session, asked);
      const verdicts = new Set(results.map(({ verdict }) => verdict));
      const verdict = (['fail', 'warn', 'pass'] as const).find((one) => verdicts.has(one)) ?? 'fail';
      return { verdict, rows: counted?.rows ?? 0, results };
    });
}

async function judge(
  session: Session,
  { contracts, key = ROW, asOf }: FileContracts,
): Promise<CheckResult[]> {
  const placed = contracts.map((contract): Contract => ({ ...contract, layer: 'bronze', table: TABLE }));
  try {
    return await checkViews(session, placed, { key, asOf });
  } catch (error) {
    const [reason] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw ApplicationFailure.nonRetryable(
      `The contracts can't be judged on this file: ${reason}. Columns of a CSV are text: cast them in SQL.`,
      'InvalidContract',
      { reason },
    );
  }
}

async function createViews(
  session: Session,
  { columns }: TableFile,
  missing: readonly string[],
): Promise<void> {
  const selected = columns.map(({ name, type }) => {
    const column = quoteIdentifier(name);
    if (type !== 'VARCHAR' || missing.length === 0) return column;
    const tests = missing.map((text) => `trim(${column}) = ${literal(text)}`);
    return `CASE WHEN ${tests.join(' OR ')} THEN NULL ELSE ${column} END AS ${column}`;
  });
  await session.run(
    `CREATE VIEW ${FILE} AS SELECT row_number() OVER () AS ${ROW}, ${selected.join(', ')} FROM as_it_came`,
  );
  await session.run(`CREATE VIEW ${TABLE} AS SELECT * FROM ${FILE}`);
}

function requireColumns({ file, columns }: TableFile, { contracts, key }: FileContracts): void {
  const known = new Set(columns.map(({ name }) => name));
  const wanted = [...contracts.flatMap(columnsOf), ...(key === undefined ? [] : [key])];
  const absent = [...new Set(wanted)].filter((name) => !known.has(name));
  if (absent.length === 0) return;
  throw ApplicationFailure.nonRetryable(
    `${file} has no column ${absent.join(', ')}, of which contracts speak. It has ${[...known].join(', ')}.`,
    'MissingColumn',
    { file, columns: absent },
  );
}

function columnsOf(contract: FileContract): readonly string[] {
  if ('columns' in contract) return contract.columns;
  return 'column' in contract ? [contract.column] : [];
}
