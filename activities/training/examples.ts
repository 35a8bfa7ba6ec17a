/** Features and labels of a project at pinned versions, under the names that our SQL knows them by. */
import { quoteIdentifier } from '../../workflows/domain/identifier.ts';
import { INTERVAL_COLUMN, type ProjectSpec } from '../../workflows/domain/project.ts';
import type { TableRef } from '../../workflows/domain/reference.ts';
import type { Lake, Session } from '../lake/contract.ts';

/**
 * Makes the view `features` as the table has it, and `examples`: row_key, entity, period, label and
 * known_on of the rows that have a label.
 */
export async function attachExamples(
  session: Session,
  lake: Lake,
  spec: ProjectSpec,
  tables: { readonly features: TableRef; readonly labels: TableRef },
): Promise<void> {
  await lake.attach(session, 'features', tables.features);
  await lake.attach(session, 'labels', tables.labels);
  const [key, entity, period, label] = [
    spec.source.key,
    spec.source.entity,
    INTERVAL_COLUMN,
    spec.label.column,
  ].map(quoteIdentifier);
  await session.run(
    `CREATE VIEW examples AS
     SELECT
       features.${key} AS row_key,
       features.${entity} AS entity,
       features.${period} AS period,
       labels.${label} AS label,
       labels.known_on AS known_on
     FROM features
     JOIN labels ON features.${key} = labels.${key} AND features.${period} = labels.${period}`,
  );
}

/** Joins the view `features` to the table `parts`. */
export function joinFeatures({ source }: ProjectSpec): string {
  const [key, period] = [quoteIdentifier(source.key), quoteIdentifier(INTERVAL_COLUMN)];
  return `parts JOIN features ON features.${key} = parts.row_key AND features.${period} = parts.period`;
}
