import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chunksOf, weightOf } from './chunks.ts';
import type { TaskRecord } from './run-record.ts';

const task = (name: string): TaskRecord => ({ name, state: 'success', tries: 1, after: [], fromMemo: false });

describe('chunksOf', () => {
  test('loses nothing, keeps the order, and fills no chunk beyond its limit', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ minLength: 1, maxLength: 50 })),
        fc.integer({ min: 200, max: 1000 }),
        (names, limit) => {
          const chunks = chunksOf(names.map(task), limit);
          expect(chunks.flat().map(({ name }) => name)).toEqual(names);
          for (const chunk of chunks) {
            expect(chunk.reduce((sum, member) => sum + weightOf(member), 0)).toBeLessThanOrEqual(limit);
          }
        },
      ),
    );
  });
});
