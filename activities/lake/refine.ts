/** Silver and gold: a project's own SQL over an interval, its rows accounted for to the last one. */
import { ApplicationFailure } from '@temporalio/common';

import { quoteIdentifier } from '../../workflows/domain/identifier.ts';
import type { Interval } from '../../workflows/domain/interval.ts';
import { INTERVAL_COLUMN, type ProjectSpec, type TableNames } from '../../workflows/domain/project.ts';
import type { TableRef } from '../../workflows/domain/reference.ts';
import { attempt } from '../attempt.ts';
import type { DuckDB, Lake, Refined, Session } from './contract.ts';
import { intervalId, intervalsOf, partitionRows } from './partitions.ts';
import { removeSuperseded, supersededByLater } from './supersede.ts';
import { createRun, createTransforms } from './transforms.ts';

export interface RefineInput {
  readonly spec: ProjectSpec;
  readonly interval: Interval;
  readonly layer: 'silver' | 'gold';
  readonly tables: Readonly<Record<string, TableRef>>;
  readonly key: string;
}

interface Ports {
  readonly lake: Lake;
  readonly duckdb: DuckDB;
}

type Output = 'silver' | 'quarantine' | 'features' | 'labels' | 'excluded';

/** What each layer writes, and the input whose rows it accounts for. */
const LAYERS = {
  silver: { input: 'bronze', outputs: ['silver', 'quarantine'] },
  gold: { input: 'silver', outputs: ['features', 'labels', 'excluded'] },
} as const satisfies Record<RefineInput['layer'], { input: keyof TableNames; outputs: readonly Output[] }>;

/** Everything but the quarantine holds a key once, in the latest interval that delivered it. */
const KEYED: ReadonlySet<Output> = new Set(['silver', 'features', 'labels', 'excluded']);

/** @throws RowsLost when the rows that went in are not all found again */
export function refine({ lake, duckdb }: Ports, input: RefineInput): Promise<Refined> {
  return duckdb.session(async (session) => {
    const { spec, interval, layer, key } = input;
    const source = inputRef(input, LAYERS[layer].input);
    await lake.attach(session, LAYERS[layer].input, source, within([intervalId(interval)]));
    if (layer === 'gold') await attachHistory(lake, session, source, input);
    await createRun(session, spec, interval, key);
    await createTransforms(session, spec.transforms[layer]);

    const later = layer === 'silver' ? await supersededByLater(lake, session, input) : undefined;
    const tables: Partial<Record<Output, TableRef>> = {};
    for (const output of LAYERS[layer].outputs) {
      const kept = output === 'silver' ? later?.filter : undefined;
      tables[output] = await writeOutput(lake, session, input, output, kept);
      attempt().log('refined', { table: spec.tables[output], version: tables[output].version });
    }
    const keys = layer === 'silver' ? tables.silver : source;
    const settled = keys ? await settle(lake, session, input, tables, keys) : tables;
    const rows = await account(lake, session, input, { source, tables, superseded: later?.rows ?? 0 });
    attempt().measure('rows', rows.out, { project: spec.name, layer });
    return { tables: settled, rows };
  });
}

function inputRef({ tables, layer, spec }: RefineInput, name: keyof TableNames): TableRef {
  const ref = tables[name];
  if (ref) return ref;
  throw ApplicationFailure.nonRetryable(
    `The ${layer} layer of ${spec.name} is made from the table "${name}", and its version was not handed over. Pass the result of the layer before.`,
    'MissingTable',
    { layer, table: name },
  );
}

function within(intervals: readonly string[]): { where: Record<string, readonly string[]> } {
  return { where: { [INTERVAL_COLUMN]: intervals } };
}

/** This interval, and the earlier ones that reach into the look-back: an interval lasts until the next begins. */
async function attachHistory(
  lake: Lake,
  session: Session,
  silver: TableRef,
  { spec, interval }: RefineInput,
): Promise<void> {
  const current = intervalId(interval);
  const horizon = new Date(interval.start);
  horizon.setUTCMonth(horizon.getUTCMonth() - spec.lookBackMonths);
  const known = intervalsOf(await lake.snapshot(silver.table, silver.version)).filter((id) => id < current);
  const reaching = known.filter((_, index) => new Date(known[index + 1] ?? current) > horizon);
  const wanted = spec.lookBackMonths > 0 ? [...reaching, current] : [current];
  await lake.attach(session, 'history', silver, within(wanted));
}

async function writeOutput(
  lake: Lake,
  session: Session,
  { spec, interval, key }: RefineInput,
  output: Output,
  filter = '',
): Promise<TableRef> {
  const { table, version } = await lake.write(session, spec.tables[output], {
    query: `SELECT * FROM ${quoteIdentifier(output)} ${filter}`,
    mode: { replace: { [INTERVAL_COLUMN]: intervalId(interval) } },
    partitionBy: [INTERVAL_COLUMN],
    key,
  });
  return { table, version };
}

/** A key that came again takes its row away from earlier intervals, in every table of the layer. */
async function settle(
  lake: Lake,
  session: Session,
  input: RefineInput,
  tables: Readonly<Partial<Record<Output, TableRef>>>,
  keys: TableRef,
): Promise<Record<string, TableRef>> {
  await lake.attach(session, 'current_keys', keys, within([intervalId(input.interval)]));
  const settled: Record<string, TableRef> = {};
  for (const output of LAYERS[input.layer].outputs) {
    const ref = tables[output];
    if (!ref) continue;
    settled[output] = KEYED.has(output)
      ? await removeSuperseded(lake, session, { ...input, ref, keys: 'current_keys' })
      : ref;
  }
  return settled;
}

async function account(
  lake: Lake,
  session: Session,
  { spec, interval, layer }: RefineInput,
  found: {
    readonly source: TableRef;
    readonly tables: Readonly<Partial<Record<Output, TableRef>>>;
    readonly superseded: number;
  },
): Promise<Refined['rows']> {
  const rowsOf = async (output: Output): Promise<number> => {
    const ref = found.tables[output];
    return ref ? partitionRows(lake, ref, interval) : 0;
  };
  const rows = {
    in: await partitionRows(lake, found.source, interval),
    out: await rowsOf(layer === 'silver' ? 'silver' : 'features'),
    duplicates: layer === 'silver' ? (await countRows(session, 'duplicates')) + found.superseded : 0,
    quarantined: await rowsOf('quarantine'),
    excluded: await rowsOf('excluded'),
  };
  if (rows.in === rows.out + rows.duplicates + rows.quarantined + rows.excluded) return rows;
  throw ApplicationFailure.nonRetryable(
    `The ${layer} layer of ${spec.name} lost count: ${rows.in} rows in, but ${rows.out} out, ${rows.duplicates} duplicates, ${rows.quarantined} quarantined, ${rows.excluded} excluded. Its SQL drops or repeats rows; mend it and rerun from ${layer}.`,
    'RowsLost',
    { layer, rows },
  );
}

async function countRows(session: Session, view: string): Promise<number> {
  const [found] = await session.rows<{ rows: number }>(
    `SELECT count(*) AS rows FROM ${quoteIdentifier(view)}`,
  );
  return found?.rows ?? 0;
}
