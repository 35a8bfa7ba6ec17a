import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

import { beforeEach, describe, expect, it } from 'vitest';

import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { aucEstimate } from '../../workflows/domain/delong.ts';
import { labelledScores } from '../../workflows/domain/labelled-scores.ts';
import { createRandom } from '../../workflows/domain/random.ts';
import { createEncounters, type Encounter } from './encounters.ts';
import { generateMonths, SAMPLE, type SampleOptions } from './generator.ts';
import { logOdds } from './label-model.ts';
import { COLUMNS } from './source.ts';

const SMALL: SampleOptions = {
  seed: 7,
  history: { rows: 2_001, months: ['2025-02', '2025-03'] },
  live: { rowsPerMonth: 1_000, months: ['2025-04', '2025-05'] },
  driftFrom: '2025-05',
};

describe('generateMonths', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await temporaryFolder('sample');
  });

  const linesOf = async (file: string): Promise<string[]> =>
    gunzipSync(await readFile(file))
      .toString()
      .trimEnd()
      .split('\n');

  it('writes a file for each month with the header of the source and every row asked for', async () => {
    const files = await generateMonths(folder, SMALL);
    expect(files.map(({ month }) => month)).toEqual(['2025-02', '2025-03', '2025-04', '2025-05']);
    const ids = new Set<string>();
    for (const { file, rows } of files) {
      const [header, ...lines] = await linesOf(file);
      expect(header).toBe(COLUMNS.join(','));
      expect(lines).toHaveLength(rows);
      for (const line of lines) ids.add(line.split(',')[0]!);
    }
    expect(ids.size).toBe(4_001);
  });

  it('numbers encounters in the order of time', async () => {
    const files = await generateMonths(folder, SMALL);
    const ids = (await Promise.all(files.map(({ file }) => linesOf(file)))).flatMap((lines) =>
      lines.slice(1).map((line) => Number(line.split(',')[0])),
    );
    expect(ids).toEqual(ids.toSorted((a, b) => a - b));
  });

  it('gives the same bytes for the same seed, and others for another', async () => {
    const digests = async (name: string, seed: number): Promise<string[]> => {
      const files = await generateMonths(join(folder, name), { ...SMALL, seed });
      return Promise.all(
        files.map(async ({ file }) =>
          createHash('sha256')
            .update(await readFile(file))
            .digest('hex'),
        ),
      );
    };
    const first = await digests('a', 7);
    expect(await digests('b', 7)).toEqual(first);
    expect(await digests('c', 8)).not.toEqual(first);
  });
});

describe.each([1, 2, 3])('the story of seed %i', (seed) => {
  const next = createEncounters(createRandom(seed));
  const before = Array.from({ length: SAMPLE.history.rows }, () => next(false));
  const after = Array.from({ length: 40_000 }, () => next(true));
  const column = (rows: readonly Encounter[], name: (typeof COLUMNS)[number]): string[] => {
    const at = COLUMNS.indexOf(name);
    return rows.map(({ values }) => values[at]!);
  };
  const shareOf = (rows: readonly Encounter[], name: (typeof COLUMNS)[number], ...values: string[]): number =>
    column(rows, name).filter((value) => values.includes(value)).length / rows.length;
  const auc = (odds: readonly number[], rows: readonly Encounter[]): number => {
    const sample = labelledScores(
      odds.map((value) => 1 / (1 + Math.exp(-value))),
      rows.map(({ returned }) => Number(returned)),
    );
    if (!sample.defined) throw new Error(sample.reason);
    return aucEstimate(sample.value).value;
  };
  const oracle = (rows: readonly Encounter[]): number =>
    auc(
      rows.map((row) => row.logOdds),
      rows,
    );

  it('has the shares that the public file has', () => {
    expect(shareOf(before, 'race', 'Caucasian')).toBeCloseTo(0.748, 1);
    expect(shareOf(before, 'number_inpatient', '0')).toBeCloseTo(0.665, 1);
    expect(shareOf(before, 'medical_specialty', '?')).toBeCloseTo(0.491, 1);
    expect(shareOf(before, 'weight', '?')).toBeCloseTo(0.969, 1);
    expect(shareOf(before, 'insulin', 'No')).toBeCloseTo(0.466, 1);
    expect(new Set(column(before, 'patient_nbr')).size / before.length).toBeCloseTo(1 / 1.42, 1);
    expect(shareOf(before, 'readmitted', '<30')).toBeCloseTo(0.11, 1);
  });

  it('drifts in payer code, number of diagnoses and admission type, and keeps its event rate', () => {
    expect(shareOf(before, 'payer_code', '?')).toBeCloseTo(0.55, 1);
    expect(shareOf(after, 'payer_code', '?')).toBeCloseTo(0.15, 1);
    expect(shareOf(before, 'admission_type_id', '2')).toBeCloseTo(0.18, 1);
    expect(shareOf(after, 'admission_type_id', '2')).toBeCloseTo(0.4, 1);
    const diagnoses = (rows: readonly Encounter[]): number =>
      column(rows, 'number_diagnoses').reduce((sum, value) => sum + Number(value), 0) / rows.length;
    expect(diagnoses(after) - diagnoses(before)).toBeGreaterThan(1);
    const rate = shareOf(after, 'readmitted', '<30') / shareOf(before, 'readmitted', '<30');
    expect(rate).toBeGreaterThan(0.95);
    expect(rate).toBeLessThan(1.2);
  });

  it('can be learnt about as well as the real thing, before and after', () => {
    for (const value of [oracle(before), oracle(after)]) {
      expect(value).toBeGreaterThan(0.64);
      expect(value).toBeLessThan(0.7);
    }
  });

  it('leaves whoever knows only the past behind', () => {
    const stale = after.map(({ values }) => logOdds(riskFactorsOf(values), false));
    expect(oracle(after) - auc(stale, after)).toBeGreaterThan(0.02);
  });
});

function riskFactorsOf(values: readonly string[]): Parameters<typeof logOdds>[0] {
  const at = (name: (typeof COLUMNS)[number]): string => values[COLUMNS.indexOf(name)]!;
  return {
    decade: Number(/\d+/.exec(at('age'))?.[0]) / 10,
    stay: Number(at('time_in_hospital')),
    inpatient: Number(at('number_inpatient')),
    emergency: Number(at('number_emergency')),
    diagnoses: Number(at('number_diagnoses')),
    admissionType: at('admission_type_id'),
    discharge: at('discharge_disposition_id'),
    payer: at('payer_code'),
    firstDiagnosis: at('diag_1'),
    insulin: at('insulin'),
  };
}
