/** Files as columns that can be compared: numbers as DOUBLE, everything else as text, missing as NULL. */
import { join } from 'node:path';

import type { ColumnKind } from '../../workflows/domain/drift/bins.ts';
import { quoteIdentifier } from '../../workflows/domain/identifier.ts';
import type { Session } from '../lake/contract.ts';
import { literal } from '../lake/quote.ts';
import type { TableFile } from '../lake/table-file.ts';
import type { DriftColumn } from './contract.ts';
import type { Mistyped } from './errors.ts';

/** What stands for a missing value in files whose writers had no better way. */
export const MISSING_TEXTS = ['', '?', 'NA', 'N/A', 'NaN', 'nan', 'NULL', 'null'] as const;

const NUMBER = /^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL\(.*\))$/;
const FRACTIONAL = /^(FLOAT|DOUBLE|DECIMAL)/;

/** Rows that the writer keeps of every column at once, for each thread: few, so that wide files need little memory. */
const ROW_GROUP = 20_480;

/** How far a column can be read as numbers. */
export interface Readability {
  /** Whether the file declares it a number or not; a CSV declares nothing. */
  readonly declared: ColumnKind | undefined;
  readonly present: number;
  readonly text: Omit<Mistyped, 'column'>;
}

export async function readabilityOf(
  session: Session,
  view: string,
  { columns, typed }: TableFile,
  missing: readonly string[],
): Promise<ReadonlyMap<string, Readability>> {
  if (columns.length === 0) return new Map();
  const isText = ({ type }: Typed): boolean => !NUMBER.test(type);
  const values = columns.map((column, index) => {
    const value = isText(column) ? valueOf(column, missing.length) : numberOf(column, missing.length);
    return `${value} AS v${index}`;
  });
  const texts = columns.flatMap((column, index) =>
    isText(column) ? [`CASE WHEN TRY_CAST(v${index} AS DOUBLE) IS NULL THEN v${index} END AS t${index}`] : [],
  );
  const selected = columns.flatMap((column, index) => [
    `count(v${index}) AS present_${index}`,
    ...(isText(column) ? [`count(t${index}) AS failing_${index}`, `min(t${index}) AS example_${index}`] : []),
  ]);
  const [row = {}] = await session.rows<Readonly<Record<string, number | string | null>>>(
    `SELECT ${selected.join(', ')}
     FROM (SELECT ${['*', ...texts].join(', ')}
           FROM (SELECT ${values.join(', ')} FROM ${quoteIdentifier(view)}))`,
    missingParams(missing),
  );
  const declared = (type: string): ColumnKind => (NUMBER.test(type) ? 'numeric' : 'categorical');
  return new Map(
    columns.map(({ name, type }, index) => [
      name,
      {
        declared: typed ? declared(type) : undefined,
        present: Number(row[`present_${index}`] ?? 0),
        text: {
          failing: Number(row[`failing_${index}`] ?? 0),
          example: String(row[`example_${index}`] ?? ''),
        },
      },
    ]),
  );
}

/** Makes the view `into` of the file's `view`. */
export async function typedColumns(
  session: Session,
  { view, into, file }: { view: string; into: string; file: TableFile },
  columns: readonly DriftColumn[],
  missing: readonly string[],
): Promise<void> {
  const selected = columns.map(({ name, kind }) => {
    const column = file.columns.find((candidate) => candidate.name === name) ?? { name, type: 'VARCHAR' };
    const expression =
      kind === 'numeric' ? numberOf(column, missing.length) : valueOf(column, missing.length);
    return `${expression} AS ${quoteIdentifier(name)}`;
  });
  const path = join(session.scratch, `${into}.parquet`);
  await session.run(
    `COPY (SELECT ${selected.join(', ')} FROM ${quoteIdentifier(view)}) TO $path (FORMAT parquet, ROW_GROUP_SIZE ${ROW_GROUP})`,
    { ...missingParams(missing), path },
  );
  await session.run(`CREATE VIEW ${quoteIdentifier(into)} AS SELECT * FROM read_parquet(${literal(path)})`);
}

type Typed = TableFile['columns'][number];

/** As text; 1.0 is the category 1, for it depends on the file's format which of them it is. */
function valueOf({ name, type }: Typed, missing: number): string {
  const column = quoteIdentifier(name);
  if (FRACTIONAL.test(type)) {
    const text = `regexp_replace(CAST(${column} AS VARCHAR), '\\.0+$', '')`;
    return `CASE WHEN isnan(CAST(${column} AS DOUBLE)) THEN NULL ELSE ${text} END`;
  }
  if (type !== 'VARCHAR') return `CAST(${column} AS VARCHAR)`;
  if (missing === 0) return column;
  // Not `IN`: of more than a few texts DuckDB makes a join, which keeps every row.
  const tests = Array.from({ length: missing }, (_, index) => `trim(${column}) = $missing_${index}`);
  return `CASE WHEN ${tests.join(' OR ')} THEN NULL ELSE ${column} END`;
}

/** NULL for what is no number, and for NaN. */
function numberOf(column: Typed, missing: number): string {
  const name = quoteIdentifier(column.name);
  const number = NUMBER.test(column.type)
    ? `CAST(${name} AS DOUBLE)`
    : `TRY_CAST(${valueOf(column, missing)} AS DOUBLE)`;
  return `nullif(${number}, CAST('nan' AS DOUBLE))`;
}

function missingParams(missing: readonly string[]): Record<string, string> {
  return Object.fromEntries(missing.map((text, index) => [`missing_${index}`, text]));
}
