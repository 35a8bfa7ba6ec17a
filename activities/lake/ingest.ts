/** Bronze: what came, as text, with where it came from; what can't be parsed goes to the rejects. */
import type { Interval } from '../../workflows/domain/interval.ts';
import { INTERVAL_COLUMN, type ProjectSpec } from '../../workflows/domain/project.ts';
import type { TableRef } from '../../workflows/domain/reference.ts';
import { attempt } from '../attempt.ts';
import type { ObjectStore } from '../store/contract.ts';
import { bronzeQuery, findRepeats, scanAgain } from './bronze-query.ts';
import { collectRejects, rejectsQuery } from './rejects.ts';
import type { DuckDB, Ingested, Lake, LandedFile, Session, TableWrite } from './contract.ts';
import { intervalId, partitionRows } from './partitions.ts';
import { openSource, type SourceFile, unreadableFile } from './source-file.ts';

export interface IngestDependencies {
  readonly store: ObjectStore;
  readonly lake: Lake;
  readonly duckdb: DuckDB;
}

export interface IngestInput {
  readonly spec: ProjectSpec;
  readonly interval: Interval;
  /** In the order of their delivery. */
  readonly files: readonly LandedFile[];
  readonly key: string;
}

/**
 * All files of an interval in one commit. A content is taken in once, whenever and under whatever name it
 * comes: its digest stands in the log of bronze and, last, in that of the rejects.
 * @throws UnreadableFile naming the file; then nothing is committed
 */
export function ingest(deps: IngestDependencies, input: IngestInput): Promise<Ingested> {
  return deps.duckdb.session(async (session) => {
    const contents = distinct(input.files);
    const bronzed = await digestsIn(deps.lake, input.spec.tables.bronze);
    const settled = await digestsIn(deps.lake, input.spec.tables.rejects);
    const fresh = contents.filter(({ digest }) => !bronzed.has(digest));
    // A worker that died between the two commits left these without their rejects.
    const unsettled = contents.filter(({ digest }) => bronzed.has(digest) && !settled.has(digest));
    const sources = await openAll(deps, session, input, fresh);
    await writeBronze(deps, session, input, sources);
    const again = await openAll(deps, session, input, unsettled);
    await scanAgain(session, again, input.spec.source.columns);
    await writeRejects(deps.lake, session, input, [...sources, ...again]);
    return summarize(deps.lake, session, input, new Set(fresh.map(({ digest }) => digest)));
  });
}

function distinct(files: readonly LandedFile[]): LandedFile[] {
  return [...new Map(files.toReversed().map((file) => [file.digest, file])).values()].toReversed();
}

async function digestsIn(lake: Lake, table: string): Promise<ReadonlySet<string>> {
  if (!(await lake.exists(table))) return new Set();
  const { transactions } = await lake.snapshot(table);
  return new Set(Object.keys(transactions).map((id) => id.replace(/^sha256:/, '')));
}

async function openAll(
  { store }: IngestDependencies,
  session: Session,
  { spec }: IngestInput,
  files: readonly LandedFile[],
): Promise<SourceFile[]> {
  const sources: SourceFile[] = [];
  for (const file of files) sources.push(await openSource(session, store, file, spec.source.columns));
  return sources;
}

async function writeBronze(
  deps: IngestDependencies,
  session: Session,
  input: IngestInput,
  sources: readonly SourceFile[],
): Promise<void> {
  if (sources.length === 0) return;
  const delivered = await deliveredBefore(deps.lake, session, input);
  const origin = { interval: intervalId(input.interval), run: runOf(input.key), delivered };
  try {
    const repeating = await findRepeats(session, sources, input.spec.source);
    const { query, params } = bronzeQuery(sources, input.spec.source, { ...origin, repeating });
    await deps.lake.write(session, input.spec.tables.bronze, { query, params, ...appended(input, sources) });
  } catch (error) {
    attempt().signal.throwIfAborted();
    await nameUnreadable(session, sources, input.spec.source.columns);
    throw error;
  }
  attempt().log('ingested', { files: sources.length });
}

function appended(
  { key, interval }: IngestInput,
  sources: readonly SourceFile[],
): Pick<TableWrite, 'mode' | 'partitionBy' | 'partition' | 'key' | 'transactions'> {
  return {
    mode: 'append',
    partitionBy: [INTERVAL_COLUMN],
    partition: { [INTERVAL_COLUMN]: intervalId(interval) },
    key,
    transactions: sources.map(({ digest }) => `sha256:${digest}`),
  };
}

/** The newest ordinal of a file of this interval, so that a later delivery counts on. */
async function deliveredBefore(
  lake: Lake,
  session: Session,
  { spec, interval }: IngestInput,
): Promise<number> {
  const table = spec.tables.bronze;
  if (!(await lake.exists(table))) return 0;
  await attachInterval(lake, session, 'delivered', await newest(lake, table), interval);
  const [found] = await session.rows<{ last: number }>(
    'SELECT coalesce(max(_delivery), 0) AS last FROM delivered',
  );
  return found?.last ?? 0;
}

/** DuckDB's error does not always say which of several files it was. */
async function nameUnreadable(
  session: Session,
  sources: readonly SourceFile[],
  columns: readonly string[],
): Promise<void> {
  for (const source of sources) {
    await scanAgain(session, [source], columns).catch((error: unknown) => {
      attempt().signal.throwIfAborted();
      throw unreadableFile(source, error instanceof Error ? error.message : String(error));
    });
  }
}

async function writeRejects(
  lake: Lake,
  session: Session,
  input: IngestInput,
  sources: readonly SourceFile[],
): Promise<void> {
  if (sources.length === 0 && (await lake.exists(input.spec.tables.rejects))) return;
  await collectRejects(session, sources);
  const { query, params } = rejectsQuery({ interval: intervalId(input.interval), run: runOf(input.key) });
  await lake.write(session, input.spec.tables.rejects, { query, params, ...appended(input, sources) });
}

async function summarize(
  lake: Lake,
  session: Session,
  { spec, interval, files }: IngestInput,
  fresh: ReadonlySet<string>,
): Promise<Ingested> {
  const bronze = await newest(lake, spec.tables.bronze);
  const rejects = await newest(lake, spec.tables.rejects);
  const counts = {
    rows: await countByDigest(lake, session, bronze, interval),
    rejected: await countByDigest(lake, session, rejects, interval),
  };
  const first = new Map(distinct(files).map((file) => [file.digest, file.key]));
  return {
    bronze,
    rejects,
    files: files.map(({ key, digest }) => ({
      key,
      rows: counts.rows.get(digest) ?? 0,
      rejected: counts.rejected.get(digest) ?? 0,
      ingestedBefore: !fresh.has(digest) || first.get(digest) !== key,
    })),
    rows: await partitionRows(lake, bronze, interval),
    rejected: await partitionRows(lake, rejects, interval),
  };
}

async function countByDigest(
  lake: Lake,
  session: Session,
  ref: TableRef,
  interval: Interval,
): Promise<ReadonlyMap<string, number>> {
  await attachInterval(lake, session, 'counted', ref, interval);
  const rows = await session.rows<{ digest: string; count: number }>(
    'SELECT _source_digest AS digest, count(*) AS count FROM counted GROUP BY ALL',
  );
  return new Map(rows.map(({ digest, count }) => [digest, count]));
}

async function attachInterval(
  lake: Lake,
  session: Session,
  view: string,
  ref: TableRef,
  interval: Interval,
): Promise<void> {
  await lake.attach(session, view, ref, { where: { [INTERVAL_COLUMN]: [intervalId(interval)] } });
}

async function newest(lake: Lake, table: string): Promise<TableRef> {
  const { version } = await lake.snapshot(table);
  return { table, version };
}

/** Keys are `<run>/<attempt>/<task>`. */
function runOf(key: string): string {
  return key.split('/')[0] ?? key;
}
