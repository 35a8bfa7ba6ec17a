import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import type { DuckDB } from './contract.ts';
import { createDuckDB } from './duckdb.ts';
import { openTableFile } from './table-file.ts';

let folder: string;
let duckdb: DuckDB;

beforeAll(async () => {
  folder = await temporaryFolder('table-file');
  duckdb = createDuckDB({ memoryLimit: '200MB', threads: 2, tempDirectory: join(folder, 'temp') });
});

async function open(content: string | Uint8Array, name = 'file.csv') {
  const path = join(folder, name);
  await writeFile(path, content);
  return duckdb.session(async (session) => {
    const { columns } = await openTableFile(session, 'came', path);
    const rows = await session.rows<Record<string, unknown>>('SELECT * FROM came');
    return { names: columns.map((column) => column.name), rows: rows.map((row) => Object.values(row)) };
  });
}

const READ = [['1', '2']];

describe('openTableFile', () => {
  it.each([
    ['a mark of the order of bytes', '\uFEFFa,b\n1,2\n', ['a', 'b'], READ],
    ['lines that end as on Windows', 'a,b\r\n1,2\r\n', ['a', 'b'], READ],
    ['lines that end as they once did on a Mac', 'a,b\r1,2\r', ['a', 'b'], READ],
    ['semicolons', 'a;b\n1;2\n', ['a', 'b'], READ],
    ['quoted separators in the header', '"a,x";"b,y"\n1;2\n', ['a,x', 'b,y'], READ],
    ['quotes and an end of line in a name', '"a ""x""","b\ny"\n1,2\n', ['a "x"', 'b\ny'], READ],
    ['spaces around names', ' a, b\n1,2\n', ['a', 'b'], READ],
    ['a column without a name', ',b\n1,2\n', ['column0', 'b'], READ],
    ['a separator and an end of line in a value', 'a,b\n"1,\n""1""",2\n', ['a', 'b'], [['1,\n"1"', '2']]],
    ['one column, with an empty value', 'a\n1\n\n2\n', ['a'], [['1'], [null], ['2']]],
    ['no end of the last line', 'a,b\n1,2', ['a', 'b'], READ],
    ['a header alone', 'a,b', ['a', 'b'], []],
  ])('reads a file with %s', async (_, content, names, rows) => {
    expect(await open(content)).toEqual({ names, rows });
    expect(await open(gzipSync(content))).toEqual({ names, rows });
  });

  it.each([
    ['nothing', '', 'it is empty'],
    ['nothing, packed', gzipSync(''), 'it is empty'],
    ['a blank line first', '\na,b\n1,2\n', 'its first line is blank, where the header should be'],
    ['a name that stands twice', 'a,b,a\n1,2,3\n', 'its header has the column a more than once'],
    [
      'names that DuckDB can not tell apart',
      'a,A\n1,2\n',
      'its header has the columns a and A, which differ in nothing but case',
    ],
    ['too few fields', 'a,b,c\n1,2,3\n1,2\n', 'line 3 has 2 fields where the header has 3'],
    ['too many fields', 'a,b\n1,2\n1,2,3,4\n', 'line 3 has more than 2 fields where the header has 2'],
    ['a quote that never closes', 'a,b\n1,2\n1,"2\n1,2\n', 'a quote that opens in line 3 is never closed'],
    ['letters of another encoding', Buffer.from('a,b\n1,\u00e9\n', 'latin1'), 'line 2 is not in UTF-8'],
    ['UTF-16', Buffer.from('\uFEFFa,b\n1,2\n', 'utf16le'), 'it is in UTF-16; save it as UTF-8'],
    ['a workbook', Buffer.from('PK\u0003\u0004 and more'), 'it is a ZIP archive, as Excel workbooks are'],
    ['zstd', Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0]), 'it is packed with zstd'],
    ['half of a gzip file', gzipSync('a,b\n1,2\n').subarray(0, 20), 'it ends in the middle of its gzip data'],
    ['gzip in name only', Buffer.from([0x1f, 0x8b, 1, 2, 3, 4, 5, 6, 7, 8, 9]), 'its gzip data are damaged'],
    [
      'half of a Parquet file',
      'PAR1 and no more of it',
      'it begins as a Parquet file and does not end as one',
    ],
  ])('refuses %s, and says so', async (_, content, reason) => {
    const refused = open(content, 'refused.csv');
    await expect(refused).rejects.toMatchObject({ type: 'UnreadableFile' });
    await expect(refused).rejects.toThrow(`refused.csv can't be read as a table: ${reason}`);
  });

  it('names the line of a field too many, however far down, and nothing of what stands in it', async () => {
    const rows = Array.from({ length: 30_000 }, (_, row) => `${row},x`).join('\n');
    const refused = open(`id,name\n${rows}\n7,Jane Doe,born 1950\n`);
    await expect(refused).rejects.toThrow('line 30002 has more than 2 fields where the header has 2');
    await expect(refused).rejects.not.toThrow('Jane');
  });

  it('refuses a folder and a file that is not there in words', async () => {
    const refused = (path: string) => duckdb.session((session) => openTableFile(session, 'came', path));
    await expect(refused(folder)).rejects.toThrow('it is a folder');
    await expect(refused(join(folder, 'none.csv'))).rejects.toThrow('there is no such file');
  });
});
