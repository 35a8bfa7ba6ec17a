import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { temporaryLake, type TemporaryLake } from '../lake/testing/temporary-lake.ts';
import { assignParts, learningParts } from './split.ts';
import { TRAINING } from './testing/project.ts';

let lake: TemporaryLake;
beforeAll(async () => {
  lake = await temporaryLake();
});
afterAll(() => lake.close());

interface Placed {
  readonly row_key: number;
  readonly entity: number;
  readonly period: string;
  readonly part: string;
}

const SELECTIONS = [
  { by: 'validation', share: 0.25 },
  { by: 'cross-validation', folds: 4 },
] as const;

/** Rows in an order that says nothing: keys and periods are hashes of the row's number. */
interface Rows {
  readonly rows: number;
  readonly people: number;
  readonly salt: number;
  readonly selection: (typeof SELECTIONS)[number];
}

const generated: fc.Arbitrary<Rows> = fc.record({
  rows: fc.integer({ min: 1_500, max: 3_000 }),
  people: fc.integer({ min: 300, max: 3_000 }),
  salt: fc.integer({ min: 0, max: 1_000 }),
  selection: fc.constantFrom(...SELECTIONS),
});

const EXAMPLES = `
  SELECT i AS row_key, CAST(hash(i + $salt) % $people AS BIGINT) AS entity,
    'month ' || CAST(hash(i * 3 + $salt) % 5 AS VARCHAR) AS period,
    CAST(hash(i * 5 + $salt) % 3 = 0 AS INTEGER) AS label
  FROM range($rows) AS r(i)`;

async function split(
  { selection, ...params }: Rows,
  order = 'row_key',
): Promise<{ placed: Placed[]; learning: string[] }> {
  return lake.duckdb.session(async (session) => {
    await session.run(`CREATE TABLE examples AS SELECT * FROM (${EXAMPLES}) ORDER BY ${order}`, params);
    const intervals = [0, 1, 2, 4].map((month) => `month ${month}`);
    const parts = await assignParts(session, { ...TRAINING, selection }, { intervals });
    const placed = await session.rows<Placed>('SELECT * FROM parts ORDER BY period, row_key');
    return { placed, learning: learningParts(parts) };
  });
}

describe('assignParts', () => {
  it('keeps every person on one side, and the newest rows whole', async () => {
    await fc.assert(
      fc.asyncProperty(generated, async (rows) => {
        const { placed, learning } = await split(rows);
        const tested = placed.filter(({ part }) => part === 'test');
        const testedPeople = new Set(tested.map(({ entity }) => entity));
        const removed = placed.filter(({ part }) => part === 'removed');
        const sideOf = new Map<number, string>();

        expect(placed.some(({ period }) => period === 'month 3')).toBe(false);
        expect(placed.slice(-tested.length)).toEqual(tested);
        expect(tested).toHaveLength(Math.ceil(placed.length * TRAINING.testShare));
        expect(removed.every(({ entity }) => testedPeople.has(entity))).toBe(true);
        for (const { entity, part } of placed) {
          if (part === 'test' || part === 'removed') continue;
          expect(testedPeople.has(entity)).toBe(false);
          expect(sideOf.get(entity) ?? part).toBe(part);
          sideOf.set(entity, part);
        }
        const folds = ['fold-0', 'fold-1', 'fold-2', 'fold-3'];
        expect(learning).toEqual(rows.selection.by === 'validation' ? ['train'] : folds);
      }),
      { numRuns: 12 },
    );
  });

  it('does not depend on the order in which rows are stored', async () => {
    const rows: Rows = { rows: 2_000, people: 900, salt: 5, selection: SELECTIONS[0] };
    expect(await split(rows, 'hash(row_key)')).toEqual(await split(rows));
  });

  it('gives the validation part about its share', async () => {
    const { placed } = await split({ rows: 3_000, people: 3_000, salt: 1, selection: SELECTIONS[0] });
    const count = (wanted: string) => placed.filter(({ part }) => part === wanted).length;
    const share = count('validation') / (count('validation') + count('train'));
    // Five standard errors of a share of about 900 people.
    expect(Math.abs(share - 0.25)).toBeLessThan(0.07);
  });

  it('names the part that is too small to be judged', async () => {
    const few: Rows = { rows: 60, people: 60, salt: 1, selection: SELECTIONS[0] };
    await expect(split(few)).rejects.toMatchObject({
      type: 'NotEnoughData',
      message: expect.stringMatching(/The (train|validation|test) part has \d+ rows, \d+ of them positive/),
    });
  });
});
