/** The columns of a file that an evaluation reads, taken once into the session, each proven to hold what it must. */
import { ApplicationFailure } from '@temporalio/common';
import { quoteIdentifier } from '../../workflows/domain/identifier.ts';
import type { Session } from '../lake/contract.ts';
import type { TableFile } from '../lake/table-file.ts';
import type { ScoreFileRequest } from './contract.ts';

/** The view of the file. */
export const DELIVERED = 'delivered';

type FileColumn = TableFile['columns'][number];

/** How far probabilities may miss 1 in sum, as rounded ones do. */
const SUM_TOLERANCE = 1e-3;
const NUMERIC = /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL)/;

/** What is wrong with a value, in words. */
const FAULTS = {
  missing: 'are missing',
  text: 'are no numbers',
  nan: 'are NaN',
  outside: 'lie outside [0, 1]',
} as const;

interface Fault {
  readonly kind: keyof typeof FAULTS;
  readonly rows: number;
  readonly first: number;
  readonly example: string | null;
}

interface Chosen {
  readonly column: string;
  readonly expression: string;
}

/**
 * Makes the table `chosen` in the file's order: text columns `label`, `predicted`, `cluster`, `slice_…`,
 * numbers `score_…` and `champion`. Returns how many rows it has.
 * @throws MissingColumn, InvalidScores naming column, count, first row and an example
 */
export async function chooseColumns(
  session: Session,
  file: TableFile,
  request: ScoreFileRequest,
): Promise<number> {
  const { scores, slices } = request;
  const numbers = [...scores, ...(request.champion === undefined ? [] : [request.champion])];
  const texts = [request.label, request.predicted, request.group].filter((name) => name !== undefined);
  const columns = columnsOf(file, [...texts, ...numbers, ...slices]);
  const of = (name: string | undefined): FileColumn | undefined => columns.get(name ?? '');
  await copyColumns(session, [
    ...textOf('label', of(request.label)),
    ...textOf('predicted', of(request.predicted)),
    ...textOf('cluster', of(request.group)),
    ...slices.flatMap((name, place) => textOf(`slice_${place}`, of(name))),
    ...scores.flatMap((name, place) => numberOf(`score_${place}`, of(name))),
    ...numberOf('champion', of(request.champion)),
  ]);
  const [{ rows } = { rows: 0 }] = await session.rows<{ rows: number }>(
    'SELECT count(*) AS rows FROM chosen',
  );
  if (rows === 0) throw invalidScores(file.file, ['it has no rows']);
  const problems = await problemsOf(session, rows, request);
  if (problems.length > 0) throw invalidScores(file.file, problems);
  return rows;
}

export function invalidScores(name: string, problems: readonly string[]): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `${name} can't be evaluated: ${problems.join('; ')}. No figure was computed; mend the file or leave out those rows.`,
    'InvalidScores',
    { file: name, problems },
  );
}

async function copyColumns(session: Session, columns: readonly Chosen[]): Promise<void> {
  const list = columns.map(({ column, expression }) => `${expression} AS ${quoteIdentifier(column)}`);
  await session.run(`CREATE TABLE chosen AS SELECT ${list.join(', ')} FROM ${DELIVERED}`);
}

function columnsOf(file: TableFile, names: readonly string[]): Map<string, FileColumn> {
  const found = new Map<string, FileColumn>();
  for (const name of new Set(names)) {
    const column = file.columns.find((candidate) => candidate.name === name);
    if (!column) throw missingColumn(file, name);
    found.set(name, column);
  }
  return found;
}

function missingColumn(file: TableFile, name: string): ApplicationFailure {
  const columns = file.columns.map((column) => column.name);
  return ApplicationFailure.nonRetryable(
    `${file.file} has no column ${name}. Its columns are: ${columns.join(', ')}.`,
    'MissingColumn',
    { file: file.file, column: name, columns },
  );
}

function textOf(column: string, from: FileColumn | undefined): Chosen[] {
  return from ? [{ column, expression: `CAST(${quoteIdentifier(from.name)} AS VARCHAR)` }] : [];
}

/** The number, and the text where it came from, to tell what is missing from what is no number. */
function numberOf(column: string, from: FileColumn | undefined): Chosen[] {
  if (!from) return [];
  const quoted = quoteIdentifier(from.name);
  const text = `CAST(${quoted} AS VARCHAR)`;
  if (NUMERIC.test(from.type)) {
    const isMissing = `CASE WHEN ${quoted} IS NULL THEN NULL ELSE '' END`;
    return [
      { column, expression: `CAST(${quoted} AS DOUBLE)` },
      { column: `${column}_text`, expression: isMissing },
    ];
  }
  // DuckDB reads 0_1 as 01.
  const number = `CASE WHEN contains(${text}, '_') THEN NULL ELSE TRY_CAST(${text} AS DOUBLE) END`;
  return [
    { column, expression: number },
    { column: `${column}_text`, expression: text },
  ];
}

async function problemsOf(session: Session, rows: number, request: ScoreFileRequest): Promise<string[]> {
  const problems: string[] = [];
  const texts = { label: request.label, predicted: request.predicted, cluster: request.group };
  for (const [column, name] of Object.entries(texts)) {
    if (name !== undefined) problems.push(...(await missingTexts(session, rows, column, name)));
  }
  const numbers = request.scores.map((name, place): [string, string] => [`score_${place}`, name]);
  if (request.champion !== undefined) numbers.push(['champion', request.champion]);
  for (const [column, name] of numbers) problems.push(...(await faultyNumbers(session, rows, column, name)));
  if (problems.length === 0 && request.scores.length > 1) {
    problems.push(...(await wrongSums(session, rows, request.scores)));
  }
  return problems;
}

async function missingTexts(session: Session, rows: number, column: string, name: string): Promise<string[]> {
  const [found] = await session.rows<{ missing: number; first: number }>(
    `SELECT count(*) AS missing, min(rowid) + 1 AS first FROM chosen WHERE ${quoteIdentifier(column)} IS NULL`,
  );
  if (!found || found.missing === 0) return [];
  return [`${name}: ${found.missing} of ${rows} values are missing, the first in row ${found.first}`];
}

async function faultyNumbers(
  session: Session,
  rows: number,
  column: string,
  name: string,
): Promise<string[]> {
  const [value, text] = [quoteIdentifier(column), quoteIdentifier(`${column}_text`)];
  const faults = await session.rows<Fault>(
    `SELECT kind, count(*) AS rows, min(place) AS first, arg_min(shown, place) AS example
     FROM (
       SELECT
         rowid + 1 AS place,
         coalesce(CAST(${value} AS VARCHAR), ${text}) AS shown,
         CASE
           WHEN ${text} IS NULL THEN 'missing'
           WHEN ${value} IS NULL THEN 'text'
           WHEN isnan(${value}) THEN 'nan'
           WHEN NOT ${value} BETWEEN 0 AND 1 THEN 'outside'
         END AS kind
       FROM chosen
     )
     WHERE kind IS NOT NULL
     GROUP BY kind
     ORDER BY first`,
  );
  return faults.map(({ kind, rows: faulty, first, example }) => {
    const shown = example === null || kind === 'nan' ? '' : ` ('${example}')`;
    return `${name}: ${faulty} of ${rows} values ${FAULTS[kind]}, the first in row ${first}${shown}`;
  });
}

async function wrongSums(session: Session, rows: number, names: readonly string[]): Promise<string[]> {
  const sum = names.map((_, place) => `score_${place}`).join(' + ');
  const [found] = await session.rows<{ wrong: number; first: number; example: number }>(
    `SELECT count(*) AS wrong, min(rowid) + 1 AS first, arg_min(${sum}, rowid) AS example
     FROM chosen WHERE abs(${sum} - 1) > $tolerance`,
    { tolerance: SUM_TOLERANCE },
  );
  if (!found || found.wrong === 0) return [];
  const where = `the first in row ${found.first} (${found.example})`;
  return [
    `${names.join(' + ')}: the probabilities of ${found.wrong} of ${rows} rows do not sum to 1, ${where}`,
  ];
}
