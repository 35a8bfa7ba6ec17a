import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createDuckDB } from '../../activities/lake/duckdb.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { fileServices } from '../../workers/files.ts';
import { registerData } from './data.ts';
import { typed, type Said } from './testing/typed.ts';

let folder: string;

const ROWS = `id,age,code,seen
11,40,a,2026-01-30
12,41,b,2026-01-29
12,150,?,2026-01-28
14,,z,2026-01-20
`;

beforeAll(async () => {
  folder = await temporaryFolder('check');
  await writeFile(join(folder, 'rows.csv'), ROWS);
});

async function check(contract: unknown, ...flags: readonly string[]): Promise<Said> {
  const duckdb = createDuckDB({ memoryLimit: '300MB', threads: 1, tempDirectory: join(folder, 'temp') });
  const contractFile = join(folder, 'contract.json');
  await writeFile(contractFile, typeof contract === 'string' ? contract : JSON.stringify(contract));
  const args = ['data', 'check', join(folder, 'rows.csv'), '--contract', contractFile, ...flags];
  return typed(registerData, fileServices({ duckdb: async () => duckdb }), args);
}

const AGES = { name: 'ages', check: 'range', column: 'age', min: 0, max: 120 };

describe('assay data check', () => {
  it('says as JSON what holds, what does not, and in which rows', async () => {
    const contracts = [
      AGES,
      { name: 'ids', check: 'unique', columns: ['id'], severity: 'warn' },
      { name: 'codes', check: 'accepted-values', column: 'code', values: ['a', 'b', 'z'] },
      { name: 'coded', check: 'null-share', column: 'code', max: 0.25 },
      { name: 'known', check: 'not-null', columns: ['id', 'age'] },
      { name: 'rows', check: 'row-count', min: 4 },
      { name: 'fresh', check: 'freshness', column: 'seen', maxAgeHours: 24 },
      { name: 'adults', check: 'sql', sql: 'SELECT id FROM file WHERE CAST(age AS INTEGER) < 41' },
    ];
    const { code, stdout } = await check(
      { asOf: '2026-01-31T00:00:00Z', missing: ['?'], contracts },
      '--json',
    );
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      verdict: 'fail',
      rows: 4,
      results: [
        { name: 'ages', severity: 'fail', verdict: 'fail', failing: 1, examples: ['3'] },
        { name: 'ids', severity: 'warn', verdict: 'warn', failing: 1, examples: ['12'] },
        { name: 'codes', verdict: 'pass', examples: [] },
        { name: 'coded', verdict: 'pass', observed: 0.25 },
        { name: 'known', verdict: 'fail', failing: 1, examples: ['4'] },
        { name: 'rows', verdict: 'pass', observed: 4 },
        { name: 'fresh', verdict: 'pass', observed: 24 },
        { name: 'adults', verdict: 'fail', failing: 1, examples: ['11'] },
      ],
    });
  });

  it('ends with 0 where only warnings are left, and names rows by the key', async () => {
    const { code, stdout } = await check({ key: 'id', contracts: [{ ...AGES, severity: 'warn' }] });
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^warn {2}1 contracts on 4 rows\n[^]*12\n$/)]);
  });

  it('takes a contract as a project has it, its table and layer left aside', async () => {
    const contract = { ...AGES, max: 200, layer: 'silver', table: 'silver' };
    expect(await check([contract])).toMatchObject({ code: 0, stdout: expect.stringContaining('pass') });
  });

  it.each<[string, unknown, string]>([
    ['a column that is not there', [{ ...AGES, column: 'weight' }], 'has no column weight'],
    ['a key that is not there', { key: 'nr', contracts: [AGES] }, 'has no column nr'],
    ['no contract at all', [], 'names no contract'],
    ['a check that needs a second table', [{ ...AGES, check: 'reference' }], 'can be checked for not-null'],
    ['a misspelt field', [{ ...AGES, maximum: 3 }], 'maximum'],
    ['bounds that exclude everything', [{ ...AGES, min: 200 }], 'min 200 is above max 120'],
    ['two contracts of one name', [AGES, AGES], 'two contracts have the same name'],
    ['what is no JSON', '{', 'is no JSON'],
    [
      'SQL that DuckDB does not take',
      [{ name: 'x', check: 'sql', sql: 'SELEC id' }],
      "can't be judged on this file",
    ],
    [
      'dates that are none',
      [{ name: 'fresh', check: 'freshness', column: 'code', maxAgeHours: 1 }],
      "can't be judged on this file",
    ],
  ])('refuses %s with code 2 and says why', async (_, contract, message) => {
    expect(await check(contract)).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(message),
    });
  });
});
