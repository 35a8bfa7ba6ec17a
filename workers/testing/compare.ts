/** Whether two stores hold the same: tables row for row, the registry entry for entry, runs one by one. */
import { createLake } from '../../activities/lake/lake.ts';
import type { HistoryEntry, Lake, Session } from '../../activities/lake/contract.ts';
import type { RegistryEntry } from '../../activities/registry/contract.ts';
import { INTERVAL_COLUMN } from '../../workflows/domain/project.ts';
import { quoteIdentifier } from '../../workflows/domain/identifier.ts';
import type { Services } from '../services.ts';

interface TableComparison {
  readonly table: string;
  /** By partition, of the newest snapshot. */
  readonly rows: Readonly<Record<string, number>>;
  /** By partition: rows that only one of the two has, or has more often. */
  readonly different: Readonly<Record<string, number>>;
}

/** Every table of either lake; one that is missing in the other has no rows there. */
export async function compareTables(one: Services, other: Services): Promise<TableComparison[]> {
  const duckdb = await one.duckdb();
  const [left, right] = [one, other].map(({ store }) => createLake({ store, duckdb })) as [Lake, Lake];
  const tables = new Set([...(await left.list()), ...(await right.list())].map(({ name }) => name));
  return Promise.all(
    [...tables].map((table) =>
      duckdb.session(async (session) => {
        for (const [view, lake] of [
          ['one', left],
          ['other', right],
        ] as const) {
          await lake.attach(session, view, { table, version: (await lake.snapshot(table)).version });
        }
        return {
          table,
          rows: await countByPartition(session, 'FROM one'),
          different: await countByPartition(
            session,
            'FROM ((FROM one EXCEPT ALL FROM other) UNION ALL (FROM other EXCEPT ALL FROM one))',
          ),
        };
      }),
    ),
  );
}

async function countByPartition(session: Session, from: string): Promise<Record<string, number>> {
  const partition = quoteIdentifier(INTERVAL_COLUMN);
  const rows = await session.rows<{ name: string; rows: number }>(
    `SELECT ${partition} AS name, count(*) AS rows ${from} GROUP BY ALL ORDER BY ALL`,
  );
  return Object.fromEntries(rows.map(({ name, rows }) => [name, rows]));
}

/** What was committed to every table, in order, without the times. */
export async function commits(services: Services): Promise<Record<string, Omit<HistoryEntry, 'at'>[]>> {
  const lake = await services.lake();
  const tables = await lake.list();
  const histories = tables.map(async ({ name }) => {
    const entries = (await lake.history(name)).map(({ at: _at, ...entry }) => entry);
    return [name, entries] as const;
  });
  return Object.fromEntries(await Promise.all(histories));
}

/** The log without the times, measured latencies among them; and what every version is made of. */
export async function registryOf({ registry }: Services, model: string): Promise<unknown> {
  const versions = await registry.versions(model);
  return {
    log: (await registry.log(model)).map(timeless),
    versions: versions.map(({ version, digest, key, run, dataset, candidate, artefacts }) => ({
      version,
      digest,
      key,
      run,
      dataset: dataset.digest,
      model: candidate.model.digest,
      encoder: artefacts.encoder.digest,
    })),
  };
}

function timeless({ at: _at, ...entry }: RegistryEntry): unknown {
  if (entry.kind !== 'gate') return entry;
  const { verdict } = entry;
  const results = verdict.results.filter(({ gate }) => gate !== 'latency');
  return { ...entry, verdict: { ...verdict, results } };
}

/** Every attempt that the ledger has, by run. */
export async function runsOf({ ledger }: Services): Promise<unknown[]> {
  const { runs } = await ledger.list({ limit: 100 });
  const attempts = runs.map(async ({ run, state, failed }) => ({
    run,
    state,
    failed,
    attempts: await ledger.attempts(run),
  }));
  return (await Promise.all(attempts)).toSorted((a, b) => (a.run < b.run ? -1 : 1));
}
