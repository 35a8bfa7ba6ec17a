/**
 * A key that is delivered again, in a later interval, belongs to that one: the latest delivery wins.
 * Both ways of getting there lead to the same tables: the later interval takes the row away from the
 * earlier one, and an earlier interval that is run again leaves the later one's alone.
 */
import { quoteIdentifier } from '../../workflows/domain/identifier.ts';
import type { Interval } from '../../workflows/domain/interval.ts';
import { INTERVAL_COLUMN, type ProjectSpec } from '../../workflows/domain/project.ts';
import type { TableRef } from '../../workflows/domain/reference.ts';
import { attempt } from '../attempt.ts';
import type { Lake, Session, Snapshot } from './contract.ts';
import { intervalsThatMayHold, keyRange, type KeyRange } from './key-range.ts';
import { intervalId, intervalsOf } from './partitions.ts';

interface Work {
  readonly spec: ProjectSpec;
  readonly interval: Interval;
  readonly key: string;
}

/** Rows of the view `silver` whose keys stand in later intervals, and what to add to a query to leave them out. */
export async function supersededByLater(
  lake: Lake,
  session: Session,
  { spec, interval }: Work,
): Promise<{ filter: string; rows: number } | undefined> {
  const table = spec.tables.silver;
  if (!(await lake.exists(table))) return undefined;
  const snapshot = await lake.snapshot(table);
  const range = await keyRange(session, 'silver', spec.source.key);
  if (range === undefined) return undefined;
  const later = holding(snapshot, range).filter((id) => id > intervalId(interval));
  if (later.length === 0) return undefined;
  await lake.attach(session, 'later', snapshot, { where: { [INTERVAL_COLUMN]: later } });
  const key = quoteIdentifier(spec.source.key);
  const [found] = await session.rows<{ rows: number }>(
    `SELECT count(*) AS rows FROM silver SEMI JOIN later USING (${key})`,
  );
  return { filter: `ANTI JOIN later USING (${key})`, rows: found?.rows ?? 0 };
}

/** Takes the keys of the view `keys` out of a table's earlier intervals; answers the version that has none of them. */
export async function removeSuperseded(
  lake: Lake,
  session: Session,
  work: Work & { readonly ref: TableRef; readonly keys: string },
): Promise<TableRef> {
  const { spec, interval, key, ref, keys } = work;
  const snapshot = await lake.snapshot(ref.table, ref.version);
  const range = await keyRange(session, keys, spec.source.key);
  if (range === undefined) return ref;
  const earlier = holding(snapshot, range).filter((id) => id < intervalId(interval));
  if (earlier.length === 0) return ref;
  await lake.attach(session, 'earlier', ref, { where: { [INTERVAL_COLUMN]: earlier } });
  const by = `${quoteIdentifier(keys)} USING (${quoteIdentifier(spec.source.key)})`;
  const period = quoteIdentifier(INTERVAL_COLUMN);
  const touched = await session.rows<{ id: string }>(
    `SELECT DISTINCT ${period} AS id FROM earlier SEMI JOIN ${by} ORDER BY id`,
  );
  let newest = ref;
  for (const { id } of touched) {
    const { table, version } = await lake.write(session, ref.table, {
      query: `SELECT * FROM earlier ANTI JOIN ${by} WHERE ${period} = $id`,
      params: { id },
      mode: { replace: { [INTERVAL_COLUMN]: id } },
      partitionBy: [INTERVAL_COLUMN],
      key: `${key}/superseded/${id}`,
    });
    newest = { table, version };
    attempt().log('superseded', { table, interval: id, version });
  }
  return newest;
}

/** Keys mostly grow with time: then no other interval has to be looked at, nor brought to this machine. */
function holding(snapshot: Snapshot, range: KeyRange): string[] {
  const holds = intervalsThatMayHold(snapshot, range);
  return intervalsOf(snapshot).filter((id) => holds.has(id));
}
