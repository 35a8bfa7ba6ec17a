/** SQL counts what contracts are judged by: most of them together, in one pass over a table. */
import { quoteIdentifier } from '../../workflows/domain/identifier.ts';
import type { ContractCounts } from '../../workflows/domain/contract-verdict.ts';
import type { Contract } from '../../workflows/domain/project.ts';
import type { Session, SqlParams, SqlRow, SqlValue } from './contract.ts';

const EXAMPLES = 5;

/** Rows in breach as a condition on one row. Values are bound under names that begin with `prefix`. */
interface Condition {
  readonly sql: string;
  readonly params: SqlParams;
}

/** Contracts of one view, each with its counts, in their order. */
export async function countContracts(
  session: Session,
  view: string,
  contracts: readonly Contract[],
): Promise<ContractCounts[]> {
  const passed = await onePass(session, view, contracts);
  const counts: ContractCounts[] = [];
  for (const [index, contract] of contracts.entries()) {
    const failing = await byQuery(session, view, contract);
    const counted = passed(index);
    counts.push(failing === undefined ? counted : { ...counted, failing });
  }
  return counts;
}

/** Keys of rows in breach, at most five. `key` is a column of the view. */
export async function exampleKeys(
  session: Session,
  view: string,
  contract: Contract,
  key: string,
): Promise<string[]> {
  const breach = breachingRows(view, contract, key);
  if (!breach) return [];
  const rows = await session.rows<{ example: string | null }>(
    `SELECT CAST(example AS VARCHAR) AS example FROM (${breach.sql}) AS breach(example) ORDER BY 1 LIMIT ${EXAMPLES}`,
    breach.params,
  );
  return rows.map(({ example }) => example ?? 'NULL');
}

async function onePass(
  session: Session,
  view: string,
  contracts: readonly Contract[],
): Promise<(index: number) => ContractCounts> {
  const params: Record<string, SqlValue> = {};
  const columns = ['count(*) AS rows'];
  for (const [index, contract] of contracts.entries()) {
    if (contract.check === 'freshness') {
      columns.push(
        `epoch_ms(max(CAST(${quoteIdentifier(contract.column)} AS TIMESTAMP))) AS newest_${index}`,
      );
    }
    const condition = conditionOf(contract, `c${index}_`);
    if (!condition) continue;
    columns.push(`count(*) FILTER (WHERE ${condition.sql}) AS failing_${index}`);
    Object.assign(params, condition.params);
  }
  const [row = {}] = await session.rows<SqlRow>(
    `SELECT ${columns.join(', ')} FROM ${quoteIdentifier(view)}`,
    params,
  );
  return (index) => ({
    rows: Number(row['rows']),
    failing: Number(row[`failing_${index}`] ?? 0),
    ...(contracts[index]?.check === 'freshness' ? { newest: numberOrNull(row[`newest_${index}`]) } : {}),
  });
}

function numberOrNull(value: unknown): number | null {
  return value === null || value === undefined ? null : Number(value);
}

async function byQuery(session: Session, view: string, contract: Contract): Promise<number | undefined> {
  if (contract.check !== 'unique' && contract.check !== 'reference' && contract.check !== 'sql')
    return undefined;
  const breach = breachingRows(view, contract);
  const [found] = await session.rows<{ failing: number }>(
    `SELECT count(*) AS failing FROM (${breach?.sql ?? 'SELECT 1 WHERE false'})`,
    breach?.params,
  );
  return found?.failing ?? Number.NaN;
}

/** One row for each row in breach, its first column an example of where. */
function breachingRows(view: string, contract: Contract, key = ''): Condition | undefined {
  const from = quoteIdentifier(view);
  switch (contract.check) {
    case 'unique': {
      const columns = contract.columns.map(quoteIdentifier).join(', ');
      const shown = contract.columns
        .map((column) => `CAST(${quoteIdentifier(column)} AS VARCHAR)`)
        .join(", ', ', ");
      return {
        sql: `SELECT concat(${shown}) FROM ${from} GROUP BY ${columns} HAVING count(*) > 1`,
        params: {},
      };
    }
    case 'reference': {
      const [column, to] = [quoteIdentifier(contract.column), quoteIdentifier(contract.toColumn)];
      return {
        sql: `SELECT source.${column} FROM ${from} AS source
              ANTI JOIN ${quoteIdentifier(contract.toTable)} AS target ON source.${column} = target.${to}
              WHERE source.${column} IS NOT NULL`,
        params: {},
      };
    }
    case 'sql':
      return { sql: contract.sql, params: {} };
    case 'row-count':
    case 'freshness':
      return undefined;
    case 'not-null':
    case 'null-share':
    case 'accepted-values':
    case 'range': {
      const condition = conditionOf(contract, 'e_');
      if (!condition) return undefined;
      return {
        sql: `SELECT ${quoteIdentifier(key)} FROM ${from} WHERE ${condition.sql}`,
        params: condition.params,
      };
    }
  }
}

/** NULL breaks only what is about NULL; text that is no number breaks a range, and so does NaN. */
function conditionOf(contract: Contract, prefix: string): Condition | undefined {
  switch (contract.check) {
    case 'not-null':
      return {
        sql: contract.columns.map((column) => `${quoteIdentifier(column)} IS NULL`).join(' OR '),
        params: {},
      };
    case 'null-share':
      return { sql: `${quoteIdentifier(contract.column)} IS NULL`, params: {} };
    case 'accepted-values': {
      const names = contract.values.map((_, index) => `${prefix}${index}`);
      return {
        sql: `CAST(${quoteIdentifier(contract.column)} AS VARCHAR) NOT IN (${names.map((name) => `$${name}`).join(', ')})`,
        params: Object.fromEntries(names.map((name, index) => [name, String(contract.values[index])])),
      };
    }
    case 'range': {
      const value = `TRY_CAST(${quoteIdentifier(contract.column)} AS DOUBLE)`;
      const tests = [`${value} IS NULL`, `isnan(${value})`];
      const params: Record<string, SqlValue> = {};
      for (const [bound, operator] of [
        ['min', '<'],
        ['max', '>'],
      ] as const) {
        const limit = contract[bound];
        if (limit === undefined) continue;
        params[`${prefix}${bound}`] = limit;
        tests.push(`${value} ${operator} $${prefix}${bound}`);
      }
      return { sql: `${quoteIdentifier(contract.column)} IS NOT NULL AND (${tests.join(' OR ')})`, params };
    }
    case 'unique':
    case 'reference':
    case 'sql':
    case 'row-count':
    case 'freshness':
      return undefined;
  }
}
