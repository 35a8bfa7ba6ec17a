/** A project's transforms as views and tables of a session; every connection of it sees them. */
import { quoteIdentifier } from '../../workflows/domain/identifier.ts';
import type { Interval } from '../../workflows/domain/interval.ts';
import type { ProjectSpec, Transform } from '../../workflows/domain/project.ts';
import type { Session } from './contract.ts';
import { intervalId } from './partitions.ts';

/** The table `run`, of one row: views take no parameters, so what they may know of the run stands there. */
export async function createRun(
  session: Session,
  spec: ProjectSpec,
  interval: Interval,
  key: string,
): Promise<void> {
  await session.run(
    `CREATE OR REPLACE TABLE run AS SELECT
       $interval AS interval,
       CAST($start AS TIMESTAMP) AS interval_start,
       CAST($end AS TIMESTAMP) AS interval_end,
       $run AS run,
       CAST($horizon AS INTEGER) AS horizon_days,
       CAST($lookBack AS INTEGER) AS look_back_months`,
    {
      interval: intervalId(interval),
      start: new Date(interval.start).toISOString(),
      end: new Date(interval.end).toISOString(),
      run: key.split('/')[0] ?? key,
      horizon: spec.label.horizonDays,
      lookBack: spec.lookBackMonths,
    },
  );
}

export async function createTransforms(session: Session, transforms: readonly Transform[]): Promise<void> {
  for (const { name, sql, materialized } of transforms) {
    const kind = materialized === 'table' ? 'TABLE' : 'VIEW';
    await session.run(`CREATE OR REPLACE ${kind} ${quoteIdentifier(name)} AS ${sql}`);
  }
}
