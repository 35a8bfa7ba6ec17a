import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { readmission } from '../../pipelines/readmission/project.ts';
import type { Contract, ProjectSpec } from '../../workflows/domain/project.ts';
import type { TableRef } from '../../workflows/domain/reference.ts';
import { check } from './check.ts';
import type { CheckResult } from './contract.ts';
import { month } from './testing/medallion.ts';
import { temporaryLake, type TemporaryLake } from './testing/temporary-lake.ts';

type Check = Contract extends infer C
  ? C extends Contract
    ? Omit<C, 'name' | 'layer' | 'table' | 'severity'>
    : never
  : never;

const ROWS = `SELECT * FROM (VALUES
  (1, 10.0, 'a', DATE '2025-04-01', '2025-04-01T00:00:00Z'),
  (2, 20.0, 'b', DATE '2025-04-20', '2025-04-01T00:00:00Z'),
  (3, 30.0, NULL, DATE '2025-04-10', '2025-04-01T00:00:00Z'),
  (3, CAST('NaN' AS DOUBLE), 'c', NULL, '2025-04-01T00:00:00Z'),
  (9, 99.0, 'z', NULL, '2025-03-01T00:00:00Z')
) AS t(encounter_id, amount, code, seen, _interval)`;

describe('check', () => {
  let lake: TemporaryLake;
  let tables: Record<string, TableRef>;
  beforeAll(async () => {
    lake = await temporaryLake();
    const write = (table: string, query: string): Promise<TableRef> =>
      lake.write(table, { query, mode: 'append', partitionBy: ['_interval'], key: 'run/1/silver' });
    tables = {
      silver: await write('silver/a', ROWS),
      quarantine: await write('silver/b', `${ROWS} WHERE encounter_id < 3`),
    };
  });
  afterAll(() => lake.close());

  async function resultOf(
    contract: Check,
    severity: Contract['severity'] = 'warn',
    interval = month(4),
  ): Promise<CheckResult> {
    const full = { name: 'it', layer: 'silver', table: 'silver', severity, ...contract } as Contract;
    const spec: ProjectSpec = { ...readmission, contracts: [full] };
    const { results } = await check(lake, { spec, interval, layer: 'silver', tables });
    return results[0]!;
  }

  it.each<[string, Check, Partial<CheckResult>]>([
    ['not-null', { check: 'not-null', columns: ['encounter_id', 'code'] }, { failing: 1, examples: ['3'] }],
    ['unique', { check: 'unique', columns: ['encounter_id'] }, { failing: 1, examples: ['3'] }],
    [
      'accepted-values',
      { check: 'accepted-values', column: 'code', values: ['a', 'b'] },
      { failing: 1, examples: ['3'] },
    ],
    ['range', { check: 'range', column: 'amount', min: 15 }, { failing: 2, examples: ['1', '3'] }],
    ['row-count', { check: 'row-count', min: 5 }, { observed: 4 }],
    ['null-share', { check: 'null-share', column: 'code', max: 0.2 }, { observed: 0.25 }],
    ['freshness', { check: 'freshness', column: 'seen', maxAgeHours: 24 }, { observed: 264 }],
    [
      'reference',
      { check: 'reference', column: 'encounter_id', toTable: 'quarantine', toColumn: 'encounter_id' },
      { failing: 2, examples: ['3', '3'] },
    ],
    [
      'sql',
      { check: 'sql', sql: 'SELECT encounter_id FROM silver WHERE amount > 25 AND NOT isnan(amount)' },
      { failing: 1, examples: ['3'] },
    ],
  ])('sees a breach of %s, and where it is', async (_kind, contract, expected) => {
    expect(await resultOf(contract)).toMatchObject({ verdict: 'warn', ...expected });
  });

  it.each<[string, Check]>([
    ['not-null', { check: 'not-null', columns: ['encounter_id'] }],
    ['unique', { check: 'unique', columns: ['encounter_id', 'amount'] }],
    ['accepted-values', { check: 'accepted-values', column: 'code', values: ['a', 'b', 'c'] }],
    ['range', { check: 'range', column: 'encounter_id', min: 1, max: 3 }],
    ['row-count', { check: 'row-count', min: 4, max: 4 }],
    ['null-share', { check: 'null-share', column: 'code', max: 0.25 }],
    ['freshness', { check: 'freshness', column: 'seen', maxAgeHours: 264 }],
    [
      'reference',
      { check: 'reference', column: 'encounter_id', toTable: 'silver', toColumn: 'encounter_id' },
    ],
    ['sql', { check: 'sql', sql: 'SELECT encounter_id FROM silver WHERE amount < 0' }],
  ])('lets a held %s pass, and looks at the interval alone', async (_kind, contract) => {
    expect(await resultOf(contract, 'fail')).toMatchObject({ verdict: 'pass', examples: [] });
  });

  it('stops what comes after with the rows and all results', async () => {
    await expect(resultOf({ check: 'unique', columns: ['encounter_id'] }, 'fail')).rejects.toMatchObject({
      type: 'ContractFailed',
      nonRetryable: true,
      message: expect.stringContaining('for example 3'),
      details: [{ results: [expect.objectContaining({ name: 'it', verdict: 'fail', failing: 1 })] }],
    });
  });

  it('gives at most five examples', async () => {
    const sql = 'SELECT range FROM range(100)';
    expect(await resultOf({ check: 'sql', sql })).toMatchObject({ failing: 100, examples: { length: 5 } });
  });

  it.each<[string, Check]>([
    ['not-null', { check: 'not-null', columns: ['encounter_id'] }],
    ['null-share', { check: 'null-share', column: 'code', max: 1 }],
    ['freshness', { check: 'freshness', column: 'seen', maxAgeHours: 1e6 }],
  ])('never takes an empty interval for a held %s', async (_kind, contract) => {
    expect((await resultOf(contract, 'warn', month(5))).verdict).toBe('warn');
  });

  it('refuses to judge tables that were not handed over', async () => {
    const run = check(lake, { spec: readmission, interval: month(4), layer: 'gold', tables });
    await expect(run).rejects.toMatchObject({
      type: 'MissingTable',
      message: expect.stringContaining('features'),
    });
  });
});
