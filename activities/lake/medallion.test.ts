import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { csv, type Medallion, month, temporaryMedallion } from './testing/medallion.ts';

const REAL = new URL('../../../shared/data/diabetic_data.csv.gz', import.meta.url);

let medallion: Medallion;
beforeEach(async () => {
  medallion = await temporaryMedallion();
});
afterEach(() => medallion.close());

describe('the medallion', () => {
  it('takes a landed file to features, labels and excluded rows', async () => {
    await medallion.land(
      '2025-04/a.csv',
      csv([
        { encounter_id: '1', patient_nbr: '7', readmitted: '<30' },
        { encounter_id: '2', patient_nbr: '8', discharge_disposition_id: '11' },
      ]),
    );
    const { bronze, silver, gold, checks } = await medallion.run(month(4));
    expect(bronze.rows).toBe(2);
    expect(silver.rows).toEqual({ in: 2, out: 2, duplicates: 0, quarantined: 0, excluded: 0 });
    expect(gold.rows).toEqual({ in: 2, out: 1, duplicates: 0, quarantined: 0, excluded: 1 });
    expect(checks.every(({ verdict }) => verdict === 'pass')).toBe(true);
  });
});

describe.skipIf(!existsSync(REAL))('the public file', () => {
  it('is accounted for to the last row', async () => {
    await medallion.close();
    medallion = await temporaryMedallion('readmission-uci');
    await medallion.land('2025-04/a.csv.gz', await readFile(REAL));
    const { silver, gold } = await medallion.run(month(4));
    expect(silver.rows).toEqual({ in: 101766, out: 101766, duplicates: 0, quarantined: 0, excluded: 0 });
    expect(gold.rows).toEqual({ in: 101766, out: 99343, duplicates: 0, quarantined: 0, excluded: 2423 });
  });
});
