/** The house's output, on streams that remember. */
import { describe, expect, it } from 'vitest';

import { createOutput } from './output.ts';
import type { Output, Stream } from './output.ts';

function recording(rest: Partial<Stream> = {}): { output: Output; text: () => string } {
  const written: string[] = [];
  const stdout = { write: (text: string) => written.push(text), ...rest };
  return { output: createOutput(stdout, { write: () => true }), text: () => written.join('') };
}

const ID = 'pipeline.key-'.repeat(12);

describe('table', () => {
  it('aligns its columns and never cuts an id', () => {
    const { output, text } = recording();
    output.table(
      ['RUN', 'STATE'],
      [
        [ID, 'success'],
        ['short', { text: 'failed', colour: 'red' }],
      ],
    );
    const [header = '', first, second = ''] = text().split('\n');
    expect(first).toBe(`${ID}  success`);
    expect(header.indexOf('STATE')).toBe(second.indexOf('failed'));
  });

  it('aligns coloured cells as it does plain ones', () => {
    const rows = [[{ text: 'failed', colour: 'red' as const }, 'x']];
    const coloured = recording({ isTTY: true, hasColors: () => true });
    coloured.output.table(['A', 'B'], rows);
    const plain = recording();
    plain.output.table(['A', 'B'], rows);
    // oxlint-disable-next-line no-control-regex -- the escape sequences are what is looked for
    expect(coloured.text().replaceAll(/\u001B\[\d+m/g, '')).toBe(plain.text());
    expect(coloured.text()).not.toBe(plain.text());
  });
});

describe('colours', () => {
  it('are for terminals that have them only', () => {
    expect(recording().output.paint('x', 'red')).toBe('x');
    expect(recording({ isTTY: true, hasColors: () => false }).output.paint('x', 'red')).toBe('x');
    expect(recording({ isTTY: true, hasColors: () => true }).output.paint('x', 'red')).toBe(
      '\u001B[31mx\u001B[0m',
    );
  });
});

describe('json', () => {
  it('is one document with numbers unrounded', () => {
    const { output, text } = recording();
    output.json({ auc: 0.1 + 0.2 });
    expect(JSON.parse(text())).toEqual({ auc: 0.30000000000000004 });
  });
});

describe('draw', () => {
  it('goes back over as many rows as the terminal took for the lines, colours not counted', () => {
    const { output, text } = recording({ isTTY: true, hasColors: () => true, columns: 10 });
    output.draw([output.paint('x'.repeat(25), 'red'), '', 'y'.repeat(10)]);
    const before = text().length;
    output.draw(['z']);
    // Three rows, an empty one, one that is just full.
    expect(text().slice(before)).toBe('\u001B[5A\u001B[0Jz\n');
  });

  it('draws no more than the window has room for, and counts the rest', () => {
    const { output, text } = recording({ isTTY: true, columns: 80, rows: 6 });
    output.draw(Array.from({ length: 20 }, (_, at) => `row ${at}`));
    const drawn = text().trimEnd().split('\n');
    expect(drawn).toEqual([
      'row 0',
      'row 1',
      'row 2',
      'row 3',
      '… and 16 lines that this window has no room for',
    ]);
    const before = text().length;
    output.draw(['over']);
    expect(text().slice(before)).toBe('\u001B[5A\u001B[0Jover\n');
  });

  it('draws everything where a window is large enough', () => {
    const { output, text } = recording({ isTTY: true, columns: 80, rows: 24 });
    output.draw(['a', 'b']);
    expect(text()).toBe('a\nb\n');
  });
});
