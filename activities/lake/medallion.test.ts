import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { projects } from '../../pipelines/projects.ts';
import { readmission } from '../../pipelines/readmission/project.ts';
import { findProject } from '../project/activities.ts';
import { createLakeActivities } from './activities.ts';
import {
  csv,
  type Encounter,
  gzip,
  line,
  type Medallion,
  month,
  temporaryMedallion,
} from './testing/medallion.ts';

const REAL = new URL('../../../shared/data/diabetic_data.csv.gz', import.meta.url);

let medallion: Medallion;
beforeEach(async () => {
  medallion = await temporaryMedallion();
});
afterEach(() => medallion.close());

describe('landing', () => {
  it('refuses to go on when nothing has landed, and says where it looked', async () => {
    await expect(medallion.run(month(4))).rejects.toMatchObject({
      type: 'NothingLanded',
      nonRetryable: true,
      message: expect.stringContaining('landing/readmission/2025-04/'),
    });
  });

  it('takes all months of an interval, and nothing that is no data', async () => {
    await medallion.land('2025-03/early.csv', csv([{ encounter_id: '1' }]));
    await medallion.land('2025-05/b.csv.gz', gzip(csv([{ encounter_id: '2' }])));
    await medallion.land('2025-04/a.csv', csv([{ encounter_id: '3' }]));
    await medallion.land('2025-04/README.txt', 'no data');
    const { files } = await medallion.activities.land({
      project: 'readmission',
      interval: { start: month(4).start, end: month(5).end },
    });
    expect(files.map(({ key }) => key)).toEqual([
      'landing/readmission/2025-05/b.csv.gz',
      'landing/readmission/2025-04/a.csv',
    ]);
  });

  it('refuses an interval without a whole month', async () => {
    const interval = { start: '2025-04-02T00:00:00Z', end: '2025-05-30T00:00:00Z' };
    await expect(medallion.activities.land({ project: 'readmission', interval })).rejects.toMatchObject({
      type: 'InvalidInterval',
    });
  });
});

describe('bronze', () => {
  it('keeps what came as text, and where it came from', async () => {
    await medallion.land('2025-04/a.csv', csv([{ encounter_id: '007', weight: '?', race: 'Ünïcödé' }]));
    await medallion.run(month(4));
    const [row] = await medallion.rows('bronze');
    expect(row).toMatchObject({
      encounter_id: '007',
      weight: '?',
      race: 'Ünïcödé',
      _month: '2025-04-01',
      _source_file: 'landing/readmission/2025-04/a.csv',
      _source_digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      _occurrence: 1,
      _delivery: 1,
      _interval: '2025-04-01T00:00:00Z',
      _run: 'medallion.readmission-2025-05-01T00:00:00.000Z',
    });
  });

  it('reads CSV, packed CSV with a byte order mark and other line ends, and Parquet', async () => {
    await medallion.land('2025-04/a.csv', csv([{ encounter_id: '1' }]));
    await medallion.land(
      '2025-04/b.csv.gz',
      gzip(`\uFEFF${csv([{ encounter_id: '2' }]).replaceAll('\n', '\r\n')}`),
    );
    const parquet = await parquetOf(csv([{ encounter_id: '3' }, { encounter_id: '4' }]));
    await medallion.land('2025-04/c.parquet', parquet);
    const { bronze } = await medallion.run(month(4));
    expect(bronze.files.map(({ rows }) => rows)).toEqual([1, 1, 2]);
    const ids = await medallion.rows('silver', 'SELECT encounter_id FROM it ORDER BY 1');
    expect(ids.map(({ encounter_id }) => encounter_id)).toEqual([1, 2, 3, 4]);
  });

  it('takes a content in once, under whatever name and however often it comes', async () => {
    const content = csv([{ encounter_id: '1' }, { encounter_id: '2' }]);
    await medallion.land('2025-04/a.csv', content);
    await medallion.land('2025-04/copy.csv', content);
    const first = await medallion.run(month(4));
    expect(first.bronze.files.map(({ ingestedBefore }) => ingestedBefore)).toEqual([false, true]);
    await medallion.land('2025-04/late-copy.csv', content);
    await medallion.land('2025-04/late.csv', csv([{ encounter_id: '3' }]));
    const second = await medallion.run(month(4), 2);
    expect(second.bronze.rows).toBe(3);
    expect(second.bronze.files.map(({ ingestedBefore }) => ingestedBefore)).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });

  it('puts lines that it cannot parse among the rejects, with file, line, reason and text', async () => {
    const good = line({ encounter_id: '1' });
    const bad = [`${good},one too many`, good.slice(0, 40), `"${good}`, good.replace('Female', 'Fe"male')];
    const after = line({ encounter_id: '2' });
    await medallion.land('2025-04/a.csv', `${csv([{ encounter_id: '3' }])}${[...bad, after].join('\n')}\n`);
    const { bronze } = await medallion.run(month(4), 1, false);
    expect({ rows: bronze.rows, rejected: bronze.rejected }).toEqual({ rows: 2, rejected: 4 });
    const rejects = await medallion.rows('rejects', 'SELECT * FROM it ORDER BY _line');
    expect(rejects.map(({ _line, raw }) => [_line, raw])).toEqual(bad.map((raw, index) => [index + 3, raw]));
    expect(rejects.map(({ reason }) => reason)).toEqual([
      expect.stringContaining('Expected Number of Columns: 50 Found: 51'),
      expect.stringContaining('Expected Number of Columns: 50'),
      'a quote is not closed',
      'a quote is not closed',
    ]);
    expect(rejects[0]).toMatchObject({ _source_file: 'landing/readmission/2025-04/a.csv' });
  });

  it('finds the rejects again when a worker died between the two commits', async () => {
    await medallion.land('2025-04/a.csv', `${csv([{ encounter_id: '1' }])}too,short\n`);
    const { files } = await medallion.activities.land({ project: 'readmission', interval: month(4) });
    const input = { project: 'readmission', interval: month(4), files, key: 'run/1/bronze' };
    const rejects = 'bronze/readmission_rejects';
    const { lake } = medallion;
    const dying = {
      ...lake,
      write: ((session, table, write) =>
        table === rejects
          ? Promise.reject(new Error('killed'))
          : lake.write(session, table, write)) as typeof lake.write,
    };
    const killed = createLakeActivities({
      ...medallion,
      lake: dying,
      spec: (project) => findProject(projects, project),
    });
    await expect(killed.ingest(input)).rejects.toThrow('killed');
    const ingested = await medallion.activities.ingest(input);
    expect({ rows: ingested.rows, rejected: ingested.rejected }).toEqual({ rows: 1, rejected: 1 });
  });

  it.each([
    ['a truncated gzip file', 'b.csv.gz', () => gzip(csv(many(500))).slice(0, 900)],
    ['text that calls itself gzip', 'b.csv.gz', () => 'no gzip'],
    ['a missing column', 'b.csv', () => csv([{}]).replace('race,', '')],
    ['columns in another order', 'b.csv', () => csv([{}]).replace('race,gender', 'gender,race')],
    ['an empty file', 'b.csv', () => ''],
    ['text that calls itself Parquet', 'b.parquet', () => 'PAR1 and nothing else'],
  ])('takes nothing in with %s, and names the file', async (_what, name, content) => {
    await medallion.land('2025-04/a.csv', csv([{ encounter_id: '1' }]));
    await medallion.land(`2025-04/${name}`, content());
    await expect(medallion.run(month(4))).rejects.toMatchObject({
      type: 'UnreadableFile',
      nonRetryable: true,
      message: expect.stringContaining(`landing/readmission/2025-04/${name}`),
    });
    expect(await medallion.lake.list()).toEqual([]);
  });

  async function parquetOf(content: string): Promise<Uint8Array> {
    return medallion.duckdb.session(async (session) => {
      const [source, target] = [join(session.scratch, 'source.csv'), join(session.scratch, 'target.parquet')];
      await writeFile(source, content);
      await session.run(
        'COPY (SELECT * FROM read_csv($source, all_varchar = true)) TO $target (FORMAT parquet)',
        {
          source,
          target,
        },
      );
      return readFile(target);
    });
  }
});

describe('silver', () => {
  it('types columns, turns what is not known to NULL, and looks codes up', async () => {
    await medallion.land(
      '2025-04/a.csv',
      csv([
        { encounter_id: '1', race: '?', gender: 'Unknown/Invalid', admission_type_id: '6', age: '[0-10)' },
      ]),
    );
    await medallion.run(month(4));
    expect(await medallion.rows('silver')).toEqual([
      expect.objectContaining({
        encounter_id: 1,
        race: null,
        gender: null,
        age_midpoint: 5,
        admission_type_id: 6,
        admission_type: null,
        discharge_disposition: 'Home',
        admission_source: 'Emergency room',
        diabetes_medication: true,
        medication_changed: false,
      }),
    ]);
  });

  it('quarantines invalid rows, each with its reason', async () => {
    const invalid: [Encounter, string][] = [
      [{ encounter_id: 'x1' }, 'encounter_id is not a whole number'],
      [{ patient_nbr: '' }, 'patient_nbr is not a whole number'],
      [{ num_medications: '3.7' }, 'num_medications is not a whole number from 0'],
      [{ number_inpatient: '-1' }, 'number_inpatient is not a whole number from 0'],
      [{ discharge_disposition_id: '99' }, 'discharge_disposition_id is not a known code'],
      [{ age: 'old' }, 'age is not a bracket of ten years'],
      [{ readmitted: 'maybe' }, 'readmitted is none of <30, >30, NO'],
    ];
    const rows = invalid.map(([row], index) => ({ encounter_id: String(index + 2), ...row }));
    await medallion.land('2025-04/a.csv', csv([{ encounter_id: '1' }, ...rows]));
    const { silver } = await medallion.run(month(4), 1, false);
    expect(silver.rows).toEqual({ in: 8, out: 1, duplicates: 0, quarantined: 7, excluded: 0 });
    const found = await medallion.rows('quarantine', 'SELECT _key_text, _reasons FROM it ORDER BY ALL');
    expect(found).toEqual(
      invalid
        .map(([, _reasons], index) => ({ _key_text: rows[index]?.encounter_id, _reasons }))
        .toSorted(byKeyText),
    );
  });

  it('gives every reason for a row that is wrong in several ways', async () => {
    await medallion.land(
      '2025-04/a.csv',
      csv([{ encounter_id: '1' }, { age: 'old', time_in_hospital: '?' }]),
    );
    await medallion.run(month(4), 1, false);
    expect(await medallion.rows('quarantine')).toEqual([
      expect.objectContaining({
        _reasons: 'age is not a bracket of ten years; time_in_hospital is not a whole number from 0',
      }),
    ]);
  });

  it('keeps the row delivered last: in a file the last one, and of files the last one', async () => {
    const row = (stay: string): Encounter => ({ encounter_id: '1', time_in_hospital: stay });
    await medallion.land('2025-04/z.csv', csv([row('1'), row('2')]));
    await medallion.land('2025-04/a.csv', csv([row('4'), row('3'), { encounter_id: '2' }]));
    const { silver } = await medallion.run(month(4));
    expect(silver.rows).toEqual({ in: 5, out: 2, duplicates: 3, quarantined: 0, excluded: 0 });
    const stays = await medallion.rows('silver', 'SELECT time_in_hospital FROM it WHERE encounter_id = 1');
    expect(stays).toEqual([{ time_in_hospital: 3 }]);
  });

  it('never lets an invalid row take the place of a valid one', async () => {
    await medallion.land(
      '2025-04/a.csv',
      csv([
        { encounter_id: '1', time_in_hospital: '2' },
        { encounter_id: '1', time_in_hospital: 'x' },
      ]),
    );
    const { silver } = await medallion.run(month(4), 1, false);
    expect(silver.rows).toEqual({ in: 2, out: 1, duplicates: 0, quarantined: 1, excluded: 0 });
  });

  it('moves a key that comes again to the interval of its last delivery, in whatever order they run', async () => {
    const [april, may] = [
      [{ encounter_id: '1', time_in_hospital: '2' }, { encounter_id: '2' }],
      [{ encounter_id: '1', time_in_hospital: '5' }, { encounter_id: '3' }],
    ];
    await medallion.land('2025-04/a.csv', csv(april));
    await medallion.land('2025-05/a.csv', csv(may));
    const where = 'SELECT encounter_id, _interval FROM it ORDER BY 1';
    const expected = [
      { encounter_id: 1, _interval: '2025-05-01T00:00:00Z' },
      { encounter_id: 2, _interval: '2025-04-01T00:00:00Z' },
      { encounter_id: 3, _interval: '2025-05-01T00:00:00Z' },
    ];
    await medallion.run(month(4));
    await medallion.run(month(5));
    expect(await medallion.rows('silver', where)).toEqual(expected);
    expect(await medallion.rows('features', where)).toEqual(expected);
    expect(await medallion.rows('labels', where)).toEqual(expected);
    const again = await medallion.run(month(4), 2);
    expect(again.silver.rows).toEqual({ in: 2, out: 1, duplicates: 1, quarantined: 0, excluded: 0 });
    expect(await medallion.rows('features', where)).toEqual(expected);
  });

  it('brings no file of an interval to this machine whose keys all lie elsewhere', async () => {
    const staged = vi.spyOn(medallion.store, 'stage');
    // Of silver a year is looked back on for features; of features only what is replaced.
    const stagedOf = (id: string): boolean =>
      staged.mock.calls.some(
        ([key]) => key.startsWith('lake/gold/readmission_features/') && decodeURIComponent(key).includes(id),
      );
    await medallion.land('2025-04/a.csv', csv([{ encounter_id: '10' }, { encounter_id: '19' }]));
    await medallion.run(month(4));
    staged.mockClear();
    await medallion.land('2025-05/a.csv', csv([{ encounter_id: '20' }, { encounter_id: '29' }]));
    await medallion.run(month(5), 1, false);
    expect(stagedOf('2025-04-01T00')).toBe(false);
    await medallion.land('2025-06/a.csv', csv([{ encounter_id: '15' }, { encounter_id: '16' }]));
    await medallion.run(month(6), 1, false);
    expect(stagedOf('2025-04-01T00')).toBe(true);
  });

  it('gives the same rows when an interval is run again', async () => {
    await medallion.land('2025-04/a.csv', csv([...many(50), ...many(20), { encounter_id: 'x' }]));
    await medallion.run(month(4), 1, false);
    const before = [
      await medallion.rows('silver'),
      await medallion.rows('quarantine'),
      await medallion.rows('features'),
    ];
    await medallion.run(month(4), 2, false);
    const after = [
      await medallion.rows('silver'),
      await medallion.rows('quarantine'),
      await medallion.rows('features'),
    ];
    expect(after).toEqual(before);
  });
});

describe('gold', () => {
  it('leaves out who died or went into hospice care, and names the rule', async () => {
    const codes = ['1', '11', '13', '14', '19', '20', '21'];
    await medallion.land(
      '2025-04/a.csv',
      csv(codes.map((code, index) => ({ encounter_id: String(index), discharge_disposition_id: code }))),
    );
    const { gold } = await medallion.run(month(4));
    expect(gold.rows).toEqual({ in: 7, out: 1, duplicates: 0, quarantined: 0, excluded: 6 });
    const rules = await medallion.rows(
      'excluded',
      'SELECT discharge_disposition_id AS code, rule FROM it ORDER BY 1',
    );
    expect(rules.map(({ rule }) => rule)).toEqual([
      'expired',
      'hospice',
      'hospice',
      'expired',
      'expired',
      'expired',
    ]);
  });

  it('knows a label only 30 days after the end of its interval, and none of a row without an answer', async () => {
    await medallion.land(
      '2025-04/a.csv',
      csv([
        { encounter_id: '1', readmitted: '<30' },
        { encounter_id: '2', readmitted: '>30' },
        { encounter_id: '3', readmitted: '' },
      ]),
    );
    await medallion.run(month(4));
    const labels = await medallion.rows(
      'labels',
      'SELECT readmitted_within_30_days AS label, known_on FROM it ORDER BY encounter_id',
    );
    expect(labels).toEqual([
      { label: 1, known_on: '2025-05-31' },
      { label: 0, known_on: '2025-05-31' },
    ]);
    expect(await medallion.rows('features')).toHaveLength(3);
  });

  it('has every feature of the spec, and makes them as their names say', async () => {
    await medallion.land(
      '2025-04/a.csv',
      csv([
        {
          encounter_id: '1',
          number_inpatient: '2',
          number_emergency: '1',
          metformin: 'Up',
          'glyburide-metformin': 'Down',
          diag_1: 'E878',
          diag_2: '250.13',
          diag_3: '8',
        },
      ]),
    );
    await medallion.run(month(4));
    const [row] = await medallion.rows('features');
    const { numeric, categorical } = readmission.features;
    expect(numeric.length + categorical.length).toBeGreaterThanOrEqual(44);
    expect(Object.keys(row!)).toEqual(
      expect.arrayContaining([...numeric, ...categorical, ...readmission.slices]),
    );
    expect(row).toMatchObject({
      total_visits: 3,
      drugs_taken: 3,
      drugs_changed: 2,
      diag_1_chapter: 'external',
      diag_2_chapter: 'diabetes',
      diag_3_chapter: 'infection',
      inpatient_x_emergency: 2,
      age_x_inpatient: 150,
    });
  });

  it('never looks ahead: an interval that runs again does not see the later ones', async () => {
    const visit = (id: string): Encounter => ({ encounter_id: id, patient_nbr: '1' });
    await medallion.land('2025-04/a.csv', csv([visit('1'), visit('2')]));
    await medallion.land('2025-05/a.csv', csv([visit('3')]));
    await medallion.run(month(4));
    await medallion.run(month(5));
    await medallion.run(month(4), 2);
    const priors = await medallion.rows('features', 'SELECT prior_encounters FROM it ORDER BY encounter_id');
    expect(priors.map(({ prior_encounters }) => prior_encounters)).toEqual([0, 1, 2]);
  });

  it('looks back no further than a year', async () => {
    await medallion.land('2024-03/a.csv', csv([{ encounter_id: '1' }]));
    await medallion.land('2024-04/a.csv', csv([{ encounter_id: '2' }]));
    await medallion.land('2025-04/a.csv', csv([{ encounter_id: '3' }]));
    await medallion.run({ start: '2024-03-01T00:00:00Z', end: '2024-05-01T00:00:00Z' });
    await medallion.run(month(4));
    const rows = await medallion.rows(
      'features',
      'SELECT prior_encounters, months_since_prior FROM it ORDER BY encounter_id',
    );
    expect(rows).toEqual([
      { prior_encounters: 0, months_since_prior: null },
      { prior_encounters: 1, months_since_prior: 1 },
      { prior_encounters: 1, months_since_prior: 12 },
    ]);
  });
});

describe.skipIf(!existsSync(REAL))('the public file (skipped where ../shared/data is absent)', () => {
  it('is accounted for to the last row', async () => {
    const real = await temporaryMedallion('readmission-uci');
    try {
      await real.land('2025-04/a.csv.gz', await readFile(REAL));
      const { silver, gold } = await real.run(month(4));
      expect(silver.rows).toEqual({ in: 101_766, out: 101_766, duplicates: 0, quarantined: 0, excluded: 0 });
      expect(gold.rows).toEqual({ in: 101_766, out: 99_343, duplicates: 0, quarantined: 0, excluded: 2_423 });
      const [labels] = await real.rows(
        'labels',
        'SELECT count(*) AS rows, CAST(sum(readmitted_within_30_days) AS INTEGER) AS positives FROM it',
      );
      expect(labels).toEqual({ rows: 99_343, positives: 11_314 });
    } finally {
      await real.close();
    }
  });
});

const byKeyText = (a: { _key_text?: string | undefined }, b: { _key_text?: string | undefined }): number =>
  String(a._key_text) < String(b._key_text) ? -1 : 1;

function many(count: number): Encounter[] {
  return Array.from({ length: count }, (_, index) => ({
    encounter_id: String(index + 1),
    patient_nbr: String(index % 7),
  }));
}
