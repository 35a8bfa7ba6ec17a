/** `assay drift compare`: two files, bins from the first alone, judged by the same code as a pipeline's months. */
import type { ColumnKind } from '../../workflows/domain/drift/bins.ts';
import { compareWithBaseline } from '../../workflows/domain/drift/compare.ts';
import { driftPolicyProblems } from '../../workflows/domain/drift/policy.ts';
import type { DuckDB, Session } from '../lake/contract.ts';
import type { OpenTableFile, TableFile } from '../lake/table-file.ts';
import { countAgainst, freezeBaseline } from './baseline.ts';
import { MISSING_TEXTS, readabilityOf, typedColumns, type Readability } from './columns.ts';
import type { CompareFiles, CompareOptions, DriftColumn } from './contract.ts';
import { invalidOptions, missingColumns, mistypedColumns } from './errors.ts';

export interface CompareFilesDeps {
  readonly duckdb: DuckDB;
  readonly openFile: OpenTableFile;
}

const SIDES = ['reference', 'current'] as const;
type Side = (typeof SIDES)[number];

export function createCompareFiles({ duckdb, openFile }: CompareFilesDeps): CompareFiles {
  return (reference, current, options) => {
    const problems = driftPolicyProblems(options.policy);
    if (problems.length > 0) throw invalidOptions(problems);
    return duckdb.session(async (session) => {
      const files = {
        reference: await openFile(session, raw('reference'), reference),
        current: await openFile(session, raw('current'), current),
      };
      const names = chosen(files, options);
      const columns = await typed(session, files, names, options);
      const baseline = await freezeBaseline(session, 'reference', columns, options);
      const counts = await countAgainst(session, 'current', baseline);
      const known = new Set(files.reference.columns.map(({ name }) => name));
      return {
        ...compareWithBaseline(baseline, counts, options.policy),
        extraColumns: files.current.columns.map(({ name }) => name).filter((name) => !known.has(name)),
      };
    });
  };
}

function raw(side: Side): string {
  return `${side}_as_it_came`;
}

function chosen(files: Readonly<Record<Side, TableFile>>, options: CompareOptions): readonly string[] {
  const names = options.columns ?? files.reference.columns.map(({ name }) => name);
  if (names.length === 0) throw invalidOptions(['no column is named']);
  for (const side of SIDES) {
    const found = new Set(files[side].columns.map(({ name }) => name));
    const absent = names.filter((name) => !found.has(name));
    if (absent.length > 0) throw missingColumns(files[side].file, absent, [...found]);
  }
  const described = [...Object.keys(options.kinds ?? {}), ...Object.keys(options.edges ?? {})];
  const unknown = described.filter((name) => !names.includes(name));
  if (unknown.length > 0)
    throw invalidOptions([`kinds or edges are given for ${unknown.join(', ')}, which is not compared`]);
  return [...new Set(names)];
}

/** The kind of every column, and both files as views in which it is what it is called. @throws MistypedColumn */
async function typed(
  session: Session,
  files: Readonly<Record<Side, TableFile>>,
  names: readonly string[],
  { kinds = {}, edges = {}, missing = MISSING_TEXTS }: CompareOptions,
): Promise<DriftColumn[]> {
  const readable = {
    reference: await readabilityOf(session, raw('reference'), only(files.reference, names), missing),
    current: await readabilityOf(session, raw('current'), only(files.current, names), missing),
  };
  const columns = names.map((name): DriftColumn => {
    const found = kindOf(readable.reference.get(name), readable.current.get(name));
    return { name, kind: kinds[name] ?? (edges[name] ? 'numeric' : found) };
  });
  const inText = columns.filter(({ name, kind }) => kind === 'categorical' && edges[name]);
  if (inText.length > 0)
    throw invalidOptions(inText.map(({ name }) => `${name} is categorical and has edges`));
  for (const side of SIDES) {
    const mistyped = columns.flatMap(({ name, kind }) => {
      const text = readable[side].get(name)?.text;
      return kind === 'numeric' && text && text.failing > 0 ? [{ column: name, ...text }] : [];
    });
    if (mistyped.length > 0) throw mistypedColumns(files[side].file, mistyped);
    await typedColumns(session, { view: raw(side), into: side, file: files[side] }, columns, missing);
  }
  return columns;
}

/** What the reference says; where it has no value at all, the other file is asked. */
function kindOf(reference: Readability | undefined, current: Readability | undefined): ColumnKind {
  if (reference?.declared) return reference.declared;
  const informed = reference && reference.present > 0 ? reference : current;
  if (!informed || informed.present === 0) return 'categorical';
  return informed.declared ?? (informed.text.failing === 0 ? 'numeric' : 'categorical');
}

function only(file: TableFile, names: readonly string[]): TableFile {
  return { ...file, columns: file.columns.filter(({ name }) => names.includes(name)) };
}
