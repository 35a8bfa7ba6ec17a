import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { createDuckDB } from '../../activities/lake/duckdb.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { fileServices } from '../../workers/files.ts';
import { registerDrift } from './drift.ts';
import { typed, type Said } from './testing/typed.ts';

let folder: string;

/** Rows of an amount, evenly spread from 0 to 99 and moved by `shift`, and a code of which every tenth is missing. */
function csv(rows: number, shift = 0): string {
  const lines = Array.from(
    { length: rows },
    (_, row) => `${row},${((row * 37) % 100) + shift},${row % 10 === 0 ? '?' : 'ab'[row % 2]}`,
  );
  return ['id,amount,code', ...lines, ''].join('\n');
}

const CHOSEN = ['--columns', 'amount,code'];

beforeAll(async () => {
  folder = await temporaryFolder('drift');
  const files: Readonly<Record<string, string | Uint8Array>> = {
    'reference.csv': csv(1000),
    'same.csv.gz': gzipSync(csv(1200)),
    'moved.csv': csv(1000, 40),
    'unit.csv': csv(1000).replaceAll(/,(\d+),/g, ',$100,'),
    'few.csv': csv(30),
    'rowless.csv': csv(0),
    'empty.csv': '',
    'text.csv': csv(1000).replace(',37,', ',many,'),
    'narrow.csv': csv(1000).replaceAll(/,[^,\n]*$/gm, ''),
    'ragged.csv': `${csv(1000)}1,2,a,4\n`,
    'cut.csv.gz': gzipSync(csv(1000)).subarray(0, 900),
    'picture.parquet': 'PAR1 but no more of it',
    'config.json': JSON.stringify({ columns: ['amount'], edges: { amount: [50] }, alarm: 0.3 }),
    'wrong.json': JSON.stringify({ bin: 10, alarm: 'high' }),
  };
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
});

function compare(...args: readonly string[]): Promise<Said> {
  const duckdb = createDuckDB({ memoryLimit: '300MB', threads: 2, tempDirectory: join(folder, 'temp') });
  const paths = args.map((arg) => (/\.(csv|json|parquet)/.test(arg) ? join(folder, arg) : arg));
  return typed(registerDrift, fileServices({ duckdb: async () => duckdb }), ['drift', 'compare', ...paths]);
}

describe('assay drift compare', () => {
  it('prints as JSON what others may rely on', async () => {
    const { code, stdout } = await compare('reference.csv', 'moved.csv', '--json', ...CHOSEN);
    const report = JSON.parse(stdout);
    const sides = { reference: expect.any(Number), current: expect.any(Number) };
    expect(code).toBe(1);
    expect(report).toMatchObject({
      verdict: 'alarm',
      reference: { rows: 1000 },
      current: { rows: 1000 },
      columns: [
        {
          name: 'amount',
          kind: 'numeric',
          verdict: 'alarm',
          psi: expect.any(Number),
          psiCritical: expect.any(Number),
          chiSquare: { statistic: expect.any(Number), df: 9, pValue: expect.any(Number) },
          ks: { statistic: expect.closeTo(0.4, 9), pValue: expect.any(Number) },
          jensenShannon: expect.any(Number),
          missing: { reference: 0, current: 0 },
          summary: {
            reference: { min: 0, max: 99, mean: 49.5, median: 49.5, std: expect.closeTo(28.8805, 3) },
            current: { min: 40, max: 139 },
          },
        },
        {
          name: 'code',
          kind: 'categorical',
          verdict: 'ok',
          psi: 0,
          missing: { reference: 0.1, current: 0.1 },
        },
      ],
    });
    expect(report.columns[1].bins).toMatchObject([
      { label: 'b', reference: 0.5, current: 0.5 },
      { label: 'a', reference: 0.4, current: 0.4 },
      { label: 'missing', reference: 0.1, current: 0.1 },
    ]);
    expect(report.columns[0].bins[0]).toMatchObject({ label: '≤ 9.9', ...sides });
  });

  it('takes the first line of a long file for its header, whichever thread is the first', async () => {
    await writeFile(join(folder, 'long.csv'), csv(400_000));
    const { code, stderr } = await compare('reference.csv', 'long.csv', ...CHOSEN);
    expect([code, stderr]).toEqual([0, '']);
  });

  it('writes a page that needs nothing but itself, beside what it prints', async () => {
    const out = join(folder, 'drift.html');
    const { code, stdout, stderr } = await compare(
      'reference.csv',
      'moved.csv',
      '--html',
      out,
      '--json',
      ...CHOSEN,
    );
    expect([code, stderr]).toEqual([1, `page: ${out}\n`]);
    const [amount] = JSON.parse(stdout).columns;
    const page = await readFile(out, 'utf8');
    expect(page).toContain('<title>Drift report: moved.csv against reference.csv</title>');
    expect(page).toContain(`<data value="${amount.psi}">`);
    expect(page).toContain('In alarm: amount.');
    expect(page.replaceAll('xmlns="http://www.w3.org/2000/svg"', '')).not.toMatch(/https?:|<script|<link/);
  });

  it('says where a page cannot be written, with code 2 and no number', async () => {
    const out = join(folder, 'nowhere', 'drift.html');
    expect(await compare('reference.csv', 'moved.csv', '--html', out, ...CHOSEN)).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(`can't be written to ${out}`),
    });
  });

  it('ends with 0 where nothing moved, for a packed file too', async () => {
    expect(await compare('reference.csv', 'same.csv.gz', ...CHOSEN)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('ok  1000 rows against 1200, 2 columns'),
    });
  });

  it('shows people the worst column first, and tells a broken feed from drift', async () => {
    const { code, stdout, stderr } = await compare('reference.csv', 'unit.csv', ...CHOSEN);
    expect(code).toBe(1);
    expect(stdout.split('\n')[2]).toMatch(/^amount +alarm/);
    expect(stdout).toContain('has the unit changed?');
    expect(stderr).toContain('asks for a fix');
  });

  it.each([
    ['thirty rows', 'few.csv', '30 rows where 300 are needed'],
    ['no row at all', 'rowless.csv', '0 rows where 300 are needed'],
  ])('never takes %s for fine', async (_, file, reason) => {
    expect(await compare('reference.csv', file, ...CHOSEN)).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(new RegExp(`insufficient_data[^]*${reason}`)),
    });
  });

  it.each([
    [
      'a missing column',
      ['narrow.csv'],
      'no column code. It has id, amount. Deliver it whole, or name with --columns',
    ],
    ['text among numbers', ['text.csv'], "amount holds text in 1 row, for example 'many'"],
    ['an empty file', ['empty.csv'], 'it is empty'],
    ['a file that is not there', ['nothing.csv'], 'there is no such file'],
    ['a row with a field too many', ['ragged.csv'], 'line 1002 has more than 3 fields'],
    ['half of a packed file', ['cut.csv.gz'], 'it ends in the middle of its gzip data'],
    ['what is no table', ['picture.parquet'], "can't be read as a table"],
    ['the same file twice', ['reference.csv'], 'compared with itself'],
    ['an unknown column', ['moved.csv', '--columns', 'amount,weight'], 'no column weight'],
    [
      'a kind for what is not compared',
      ['moved.csv', '--kind', 'id=numeric'],
      'kinds or edges are given for id',
    ],
    ['letters declared as numbers', ['moved.csv', '--kind', 'code=numeric'], 'code holds text in 900 rows'],
    ['bounds that make no sense', ['moved.csv', '--alpha', '2'], 'alpha must lie between'],
    ['a strange configuration', ['moved.csv', '--config', 'wrong.json'], 'bin'],
  ])('refuses %s with code 2 and prints no number', async (_, args, message) => {
    expect(
      await compare('reference.csv', ...(args.includes('--columns') ? args : [...args, ...CHOSEN])),
    ).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(message),
    });
  });

  it.each([
    ['--binning', 'clusters'],
    ['--kind', 'amount'],
    ['--bins', 'ten'],
    ['--rare', 'few'],
  ])('refuses %s %s as wrong usage', async (flag, value) => {
    expect((await compare('reference.csv', 'moved.csv', flag, value)).code).toBe(2);
  });

  it('takes columns, edges and bounds from a configuration, and lets flags have the last word', async () => {
    const { stdout } = await compare(
      'reference.csv',
      'moved.csv',
      '--config',
      'config.json',
      '--json',
      '--alpha',
      '0.01',
    );
    expect(JSON.parse(stdout).columns).toMatchObject([
      {
        name: 'amount',
        binning: 'edges',
        bins: [
          { label: '≤ 50', counts: { reference: 510, current: 110 } },
          { label: '> 50', counts: { reference: 490, current: 890 } },
        ],
      },
    ]);
  });

  it('compares numbers as categories where it is told to', async () => {
    const flags = ['--kind', 'amount=categorical', '--rare', '0.02', '--json'];
    const { stdout } = await compare('reference.csv', 'moved.csv', ...CHOSEN, ...flags);
    expect(JSON.parse(stdout).columns[0]).toMatchObject({
      kind: 'categorical',
      unseen: { reference: 0, current: 0.4 },
      bins: [
        { label: 'rare', reference: 1, current: 0.6 },
        { label: 'unseen', reference: 0, current: 0.4 },
      ],
    });
  });
});
