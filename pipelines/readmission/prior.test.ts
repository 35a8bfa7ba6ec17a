import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';

import type { DuckDB, Session } from '../../activities/lake/contract.ts';
import { createDuckDB } from '../../activities/lake/duckdb.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { readmission } from './project.ts';

interface Visit {
  readonly id: number;
  readonly patient: number;
  /** Months since January 2024. */
  readonly month: number;
  readonly stay: number;
}

const visits = fc.uniqueArray(
  fc.record({
    id: fc.integer({ min: 1, max: 60 }),
    patient: fc.integer({ min: 1, max: 3 }),
    month: fc.integer({ min: 0, max: 20 }),
    stay: fc.integer({ min: 1, max: 14 }),
  }),
  { selector: ({ id }) => id, minLength: 1, maxLength: 25 },
);

const earlier = (a: Visit, b: Visit): boolean => a.month < b.month || (a.month === b.month && a.id < b.id);

describe('prior encounters', () => {
  let folder: string;
  let duckdb: DuckDB;
  beforeAll(async () => {
    folder = await temporaryFolder('prior');
    duckdb = createDuckDB({ memoryLimit: '200MB', threads: 2, tempDirectory: folder });
  });

  const sql = readmission.transforms.gold.find(({ name }) => name === 'prior')!.sql;

  async function priorOf(
    session: Session,
    all: readonly Visit[],
  ): Promise<Map<number, { count: number; days: number }>> {
    await session.run('DELETE FROM visits');
    await session.append('visits', [
      all.map(({ id }) => id),
      all.map(({ patient }) => patient),
      all.map(({ month }) => month),
      all.map(({ stay }) => stay),
    ]);
    const rows = await session.rows<{ id: number; count: number; days: number }>(
      `SELECT encounter_id AS id, prior_encounters AS count, prior_days AS days FROM (${sql})`,
    );
    return new Map(rows.map(({ id, count, days }) => [id, { count, days }]));
  }

  async function prepared<T>(body: (session: Session) => Promise<T>): Promise<T> {
    return duckdb.session(async (session) => {
      await session.run('CREATE TABLE run AS SELECT 12 AS look_back_months');
      await session.run('CREATE TABLE visits (id BIGINT, patient BIGINT, month INTEGER, stay INTEGER)');
      for (const view of ['silver', 'history']) {
        await session.run(`CREATE VIEW ${view} AS SELECT id AS encounter_id, patient AS patient_nbr,
          CAST(DATE '2024-01-01' + to_months(month) AS DATE) AS _month, stay AS time_in_hospital,
          'Emergency' AS admission_type, 'Home' AS discharge_disposition FROM visits`);
      }
      return body(session);
    });
  }

  it('are those of the last year that lie strictly before, and no others', () =>
    prepared((session) =>
      fc.assert(
        fc.asyncProperty(visits, async (all) => {
          const found = await priorOf(session, all);
          for (const visit of all) {
            const before = all.filter(
              (other) =>
                other.patient === visit.patient && earlier(other, visit) && other.month >= visit.month - 12,
            );
            expect(found.get(visit.id)?.count ?? 0).toBe(before.length);
            expect(found.get(visit.id)?.days ?? 0).toBe(before.reduce((sum, { stay }) => sum + stay, 0));
          }
        }),
        { numRuns: 40 },
      ),
    ));

  it('do not change whatever comes later', () =>
    prepared((session) =>
      fc.assert(
        fc.asyncProperty(visits, fc.nat(), async (all, at) => {
          const last = all[at % all.length]!;
          const known = all.filter((visit) => visit.id === last.id || earlier(visit, last));
          const [then, now] = [await priorOf(session, known), await priorOf(session, all)];
          for (const { id } of known) expect(now.get(id)).toEqual(then.get(id));
        }),
        { numRuns: 40 },
      ),
    ));
});
