import { describe, expect, it } from 'vitest';

import { fittingTable, type Column } from './fitting-table.ts';

const ID = 'squares-2026-03-01T00:00:00Z';
const columns: readonly Column[] = [
  { title: 'RUN', cells: [ID, ID] },
  { title: 'STATE', cells: [{ text: 'failed', colour: 'red' }, 'success'] },
  {
    title: 'STARTED',
    cells: ['2026-03-01 00:00:01', '2026-03-01 00:00:02'],
    short: { title: 'AGO', cells: ['1 d', '1 d'] },
    spare: 1,
  },
  { title: 'BY', cells: ['', ''], spare: 2 },
  { title: 'FAILED', cells: ['bronze, silver, gold', ''], spare: 0, least: 8 },
];
/** Characters of the widest line. */
function widthOf({ header, rows }: ReturnType<typeof fittingTable>): number {
  const widths = header.map((title, at) =>
    Math.max(
      title.length,
      ...rows.map(
        (row) => [row[at] ?? ''].map((cell) => (typeof cell === 'string' ? cell : cell.text).length)[0] ?? 0,
      ),
    ),
  );
  return widths.reduce((sum, width) => sum + width + 2, -2);
}

describe('fittingTable', () => {
  it('leaves a table as it is where there is room', () => {
    const { header, rows } = fittingTable(columns, 86);
    expect(header).toEqual(['RUN', 'STATE', 'STARTED', 'BY', 'FAILED']);
    expect(rows[0]).toEqual([
      ID,
      { text: 'failed', colour: 'red' },
      '2026-03-01 00:00:01',
      '',
      'bronze, silver, gold',
    ]);
  });

  it('says it in fewer words, and leaves out what is empty, where there is less', () => {
    const { header, rows } = fittingTable(columns, 70);
    expect(header).toEqual(['RUN', 'STATE', 'AGO', 'FAILED']);
    expect(rows.map((row) => row.at(-1))).toEqual(['bronze, silver, gold', '']);
  });

  it.each([64, 60, 54, 50, 45, 40])(
    'fits into %d characters, cutting what may be cut and leaving out what may be',
    (room) => {
      const fitted = fittingTable(columns, room);
      expect(widthOf(fitted)).toBeLessThanOrEqual(room);
      expect(fitted.header.slice(0, 2)).toEqual(['RUN', 'STATE']);
      expect(fitted.rows.map(([run]) => run)).toEqual([ID, ID]);
    },
  );

  it('cuts before it leaves out, and leaves out what is missed the least first', () => {
    expect(fittingTable(columns, 54).rows[0]?.at(-1)).toBe('bronze, s…');
    expect(fittingTable(columns, 50).header).toEqual(['RUN', 'STATE', 'FAILED']);
    expect(fittingTable(columns, 38).header).toEqual(['RUN', 'STATE']);
  });

  it('never cuts an id: lines are longer then', () => {
    const fitted = fittingTable(columns, 20);
    expect(fitted.rows[0]).toEqual([ID, { text: 'failed', colour: 'red' }]);
  });
});
