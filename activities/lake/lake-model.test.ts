/** The lake against a model of it: whatever is done to a table, its versions are those of a list in memory. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { temporaryLake } from './testing/temporary-lake.ts';
import type { TemporaryLake } from './testing/temporary-lake.ts';

const HOUR_MS = 3_600_000;
const TABLE = 'test/table';

type Row = readonly [p: string, id: number];

type Step =
  | { readonly do: 'append' | 'overwrite'; readonly rows: readonly Row[] }
  | { readonly do: 'replace'; readonly p: string; readonly ids: readonly number[] }
  | { readonly do: 'retry'; readonly which: number }
  | { readonly do: 'wait'; readonly hours: number }
  | { readonly do: 'vacuum'; readonly retainHours: number };

const partition = fc.constantFrom('a', 'b b', 'ü/');
const rows = fc.array(fc.tuple(partition, fc.integer({ min: 0, max: 99 })), { minLength: 1, maxLength: 4 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('append' as const), rows }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('overwrite' as const), rows }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('replace' as const),
      p: partition,
      ids: fc.array(fc.integer({ min: 100, max: 199 }), { maxLength: 3 }),
    }),
  },
  fc.record({ do: fc.constant('retry' as const), which: fc.nat(20) }),
  fc.record({ do: fc.constant('wait' as const), hours: fc.integer({ min: 1, max: 48 }) }),
  fc.record({ do: fc.constant('vacuum' as const), retainHours: fc.integer({ min: 0, max: 72 }) }),
);

/** What a table must do, in memory: every version's rows, and since when it may be gone. */
class Model {
  readonly versions: { readonly rows: readonly Row[]; readonly from: number }[] = [];
  private vacuumedUntil = Number.NEGATIVE_INFINITY;

  commit(now: number, change: (before: readonly Row[]) => readonly Row[]): void {
    this.versions.push({ rows: change(this.versions.at(-1)?.rows ?? []), from: now });
  }

  vacuum(cutoff: number): void {
    this.vacuumedUntil = Math.max(this.vacuumedUntil, cutoff);
  }

  /** Whether the version was current at some time that every vacuum so far had to retain. */
  mustBeReadable(version: number): boolean {
    const supersededAt = this.versions[version + 1]?.from;
    return supersededAt === undefined || supersededAt >= this.vacuumedUntil;
  }
}

const values = (list: readonly Row[]): string =>
  list.length === 0
    ? `SELECT '' AS p, 0 AS id WHERE false`
    : `SELECT * FROM (VALUES ${list.map(([p, id]) => `('${p}', ${id})`).join(', ')}) t(p, id)`;

async function apply(target: TemporaryLake, model: Model, taken: Step): Promise<void> {
  const { now } = target.clock;
  const key = `k${model.versions.length}`;
  switch (taken.do) {
    case 'append':
    case 'overwrite': {
      const { rows: added } = taken;
      await target.write(TABLE, { query: values(added), mode: taken.do, partitionBy: ['p'], key });
      model.commit(now, (before) => (taken.do === 'append' ? [...before, ...added] : added));
      return;
    }
    case 'replace': {
      const added = taken.ids.map((id): Row => [taken.p, id]);
      const mode = { replace: { p: taken.p } };
      await target.write(TABLE, { query: values(added), mode, partitionBy: ['p'], key });
      model.commit(now, (before) => [...before.filter(([p]) => p !== taken.p), ...added]);
      return;
    }
    case 'retry': {
      const version = taken.which % Math.max(1, model.versions.length);
      if (version >= model.versions.length) return;
      const again = await target.write(TABLE, { query: values([]), mode: 'overwrite', key: `k${version}` });
      if (again.committed || again.version !== version) throw new Error(`${again.version} is new`);
      return;
    }
    case 'wait':
      target.clock.now += taken.hours * HOUR_MS;
      return;
    case 'vacuum':
      if (model.versions.length === 0) return;
      await target.lake.vacuum(TABLE, { retainHours: taken.retainHours });
      model.vacuum(now - taken.retainHours * HOUR_MS);
  }
}

const sorted = (list: readonly Row[]): string[] => list.map(([p, id]) => `${p} ${id}`).toSorted();

describe('any sequence of writes, retries and vacuums', () => {
  it('leaves every version that must be readable as an in-memory table has it', async () => {
    const property = fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 14 }), async (steps) => {
      const target = await temporaryLake();
      try {
        const model = new Model();
        for (const taken of steps) await apply(target, model, taken);
        for (const [version, expected] of model.versions.entries()) {
          if (!model.mustBeReadable(version)) continue;
          const found = await target.read(TABLE, version, 'SELECT p, id FROM it');
          expect(sorted(found.map(({ p, id }): Row => [String(p), Number(id)]))).toEqual(
            sorted(expected.rows),
          );
          expect((await target.lake.snapshot(TABLE, version)).rows).toBe(expected.rows.length);
        }
      } finally {
        await target.close();
      }
    });
    await fc.assert(property, { numRuns: 16, seed: 20261121 });
  });
});
