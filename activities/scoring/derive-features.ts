/** The project's own silver and gold SQL over an upload: the same features as the pipeline's, and none written. */
import { quoteIdentifier } from '../../workflows/domain/identifier.ts';
import type { Interval } from '../../workflows/domain/interval.ts';
import { INTERVAL_COLUMN, type ProjectSpec } from '../../workflows/domain/project.ts';
import type { Lake, Session } from '../lake/contract.ts';
import { createRun, createTransforms } from '../lake/transforms.ts';

/**
 * From the table `upload` to views by the transforms' names, `features` among them. An upload counts as
 * the month after the newest one in the lake, so what the lake knows of its patients is their past.
 */
export async function deriveFeatures(session: Session, lake: Lake, spec: ProjectSpec): Promise<void> {
  const past = await attachNewest(session, lake, spec.tables.silver, 'past');
  await createRun(session, spec, await nextMonth(session, past), 'upload');
  await session.run(
    `CREATE VIEW bronze AS SELECT upload.*, CAST(interval_start AS DATE) AS _month, 'upload' AS _source_file,
       'upload' AS _source_digest, 1 AS _delivery, _row AS _occurrence, run.interval AS ${quoteIdentifier(INTERVAL_COLUMN)},
       run.run AS _run
     FROM upload CROSS JOIN run`,
  );
  await createTransforms(session, spec.transforms.silver);
  const key = quoteIdentifier(spec.source.key);
  await session.run(
    past && spec.lookBackMonths > 0
      ? `CREATE VIEW history AS SELECT * FROM silver
         UNION ALL BY NAME SELECT past.* FROM past ANTI JOIN silver USING (${key})`
      : 'CREATE VIEW history AS SELECT * FROM silver',
  );
  await createTransforms(session, spec.transforms.gold);
}

async function attachNewest(session: Session, lake: Lake, table: string, view: string): Promise<boolean> {
  if (!(await lake.exists(table))) return false;
  const { version } = await lake.snapshot(table);
  await lake.attach(session, view, { table, version });
  return true;
}

/** The month after the newest one of the lake, or the present one. */
async function nextMonth(session: Session, past: boolean): Promise<Interval> {
  const newest = past ? '(SELECT max(_month) FROM past)' : 'NULL';
  const [found] = await session.rows<Interval>(
    `SELECT month AS start, month + INTERVAL 1 MONTH AS "end"
     FROM (SELECT CAST(date_trunc('month', coalesce(CAST(${newest} AS DATE) + INTERVAL 1 MONTH, current_date))
       AS TIMESTAMP) AS month)`,
  );
  return found!;
}
