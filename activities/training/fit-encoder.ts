/** Fits the encoder on the rows of a table; nothing else of the dataset may be in it. */
import { presentSql, type Encoder, type NumericEncoding } from '../../workflows/domain/encoder.ts';
import { quoteIdentifier } from '../../workflows/domain/identifier.ts';
import type { FeatureSpec } from '../../workflows/domain/project.ts';
import type { Session } from '../lake/contract.ts';

/** @param table a view or table with the spec's columns, training rows only */
export async function fitEncoder(session: Session, table: string, spec: FeatureSpec): Promise<Encoder> {
  const categorical = [];
  for (const column of spec.categorical) {
    const categories = await frequentCategories(session, table, column, spec.rareShare);
    categorical.push({ column, categories });
  }
  return {
    format: 'assay-encoder-1',
    numeric: await numericEncodings(session, table, spec.numeric),
    categorical,
  };
}

async function numericEncodings(
  session: Session,
  table: string,
  columns: readonly string[],
): Promise<NumericEncoding[]> {
  if (columns.length === 0) return [];
  const aggregates = columns.map((column, index) => {
    const value = `CAST(${quoteIdentifier(column)} AS DOUBLE)`;
    const present = presentSql(quoteIdentifier(column));
    return `median(${value}) FILTER (${present}) AS median_${index}, count(*) FILTER (${present}) AS present_${index}`;
  });
  const [found = {}] = await session.rows<Record<string, number | null>>(
    `SELECT count(*) AS total, ${aggregates.join(', ')} FROM ${quoteIdentifier(table)}`,
  );
  return columns.map((column, index) => ({
    column,
    median: found[`median_${index}`] ?? 0,
    indicator: found[`present_${index}`] !== found['total'],
  }));
}

async function frequentCategories(
  session: Session,
  table: string,
  column: string,
  rareShare: number,
): Promise<string[]> {
  const [source, from] = [quoteIdentifier(column), quoteIdentifier(table)];
  const found = await session.rows<{ category: string }>(
    `SELECT CAST(${source} AS VARCHAR) AS category
     FROM ${from}
     WHERE ${source} IS NOT NULL
     GROUP BY 1
     HAVING count(*) >= $rare_share * (SELECT count(*) FROM ${from})`,
    { rare_share: rareShare },
  );
  // By code unit, so that no collation and no count decides on the layout.
  return found.map(({ category }) => category).toSorted();
}
