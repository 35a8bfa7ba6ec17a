/** Rows with labels at pinned versions, where each stands in the order of time, and whom a model has seen. */
import { quoteIdentifier } from '../../workflows/domain/identifier.ts';
import { INTERVAL_COLUMN, type ProjectSpec } from '../../workflows/domain/project.ts';
import type { Lake, Session, Snapshot } from '../lake/contract.ts';
import type { Dataset, Position } from '../training/contract.ts';
import { statement } from './sql-text.ts';

/** A position as the tables can compare it: keys are numbers where their column is one. */
export interface Boundary {
  readonly interval: string;
  readonly key: string | bigint;
}

/**
 * Makes `<name>`, a view of row_key, entity, period and label, and `<name>_features`, the table of
 * features. Answers with how a position is to be compared.
 */
export async function attachExamples(
  session: Session,
  lake: Lake,
  spec: ProjectSpec,
  { snapshot }: Dataset,
  name: string,
): Promise<(position: Position) => Boundary> {
  const table = await lake.attach(session, `${name}_features`, snapshot.features);
  await lake.attach(session, `${name}_labels`, snapshot.labels);
  const [key, entity, period, label] = [
    spec.source.key,
    spec.source.entity,
    INTERVAL_COLUMN,
    spec.label.column,
  ].map(quoteIdentifier);
  const [view, features, labels] = [name, `${name}_features`, `${name}_labels`].map(quoteIdentifier);
  await session.run(
    `CREATE VIEW ${view} AS
     SELECT
       features.${key} AS row_key,
       features.${entity} AS entity,
       features.${period} AS period,
       labels.${label} AS label
     FROM ${features} AS features
     JOIN ${labels} AS labels ON features.${key} = labels.${key} AND features.${period} = labels.${period}`,
  );
  return boundaryFor(table, spec);
}

/** Adds the entities that the model of `dataset` was trained on to the table `seen`. */
export async function recordSeen(
  session: Session,
  examples: string,
  dataset: Dataset,
  until: Boundary,
): Promise<void> {
  await session.run(statement('seen'), {
    examples,
    intervals: JSON.stringify(dataset.snapshot.intervals),
    until_interval: until.interval,
    until_key: until.key,
  });
}

export function newestOf(boundaries: readonly Boundary[]): Boundary {
  return boundaries.reduce((one, other) => (isNewer(other, one) ? other : one));
}

function isNewer(one: Boundary, other: Boundary): boolean {
  return one.interval === other.interval ? one.key > other.key : one.interval > other.interval;
}

function boundaryFor({ columns }: Snapshot, { source }: ProjectSpec): (position: Position) => Boundary {
  const type = columns.find((column) => column.name === source.key)?.type;
  const isNumber = type === 'long' || type === 'integer';
  return ({ interval, key }) => ({ interval, key: isNumber ? BigInt(key) : key });
}
