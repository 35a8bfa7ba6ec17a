/** Which diabetic patients come back within 30 days: the project, for the sample and for the public file. */
import { readFileSync } from 'node:fs';

import { defineProject } from '../../workflows/domain/define-project.ts';
import type { ProjectSpec, TableNames, Transform } from '../../workflows/domain/project.ts';
import { modelCard } from './card.ts';
import { CONTRACTS } from './contracts.ts';
import { CATEGORICAL, NUMERIC, PRIOR } from './features.ts';
import { SOURCE } from './source.ts';
import { GOVERNANCE, MONITORING } from './governance.ts';
import { GATE, TRAINING } from './training.ts';

const sql = (file: string): string => readFileSync(new URL(`./sql/${file}.sql`, import.meta.url), 'utf8');
const view = (name: string, file: string): Transform => ({ name, sql: sql(file), materialized: 'view' });
const table = (name: string, file: string): Transform => ({ name, sql: sql(file), materialized: 'table' });

const SILVER: readonly Transform[] = [
  table('codes', 'silver/codes'),
  view('typed', 'silver/typed'),
  table('repeated', 'silver/repeated'),
  table('contested', 'silver/contested'),
  view('duplicates', 'silver/duplicates'),
  view('silver', 'silver/silver'),
  view('quarantine', 'silver/quarantine'),
];

const GOLD: readonly Transform[] = [
  table('icd9', 'gold/icd9'),
  table('excluded', 'gold/excluded'),
  view('treatment', 'gold/treatment'),
  view('encounter', 'gold/encounter'),
  view('labels', 'gold/labels'),
];

const BASE = {
  source: SOURCE,
  contracts: CONTRACTS,
  label: { column: 'readmitted_within_30_days', horizonDays: 30 },
  slices: ['race', 'gender', 'age_group'],
  training: TRAINING,
  gate: GATE,
  operatingThreshold: 0.15,
  monitoring: MONITORING,
  governance: GOVERNANCE,
} satisfies Partial<ProjectSpec>;

/** The sample: its encounters are numbered as they happen, so what came before a patient's stay is known. */
export const readmission: ProjectSpec = defineProject({
  ...BASE,
  name: 'readmission',
  model: 'readmission',
  tables: tableNames('readmission'),
  transforms: {
    silver: SILVER,
    gold: [...GOLD, view('prior', 'gold/prior'), view('features', 'gold/features_with_prior')],
  },
  lookBackMonths: 12,
  features: { numeric: [...NUMERIC, ...PRIOR], categorical: CATEGORICAL, rareShare: 0.005 },
  card: modelCard(
    'Generated encounters with the columns of the public file, patients who come back, and a drift that is known. No real patient is in them, and a model of them is for showing the machinery alone.',
  ),
});

/**
 * The public file. Its `encounter_id` stops being the order of time near 290 million, so that "prior"
 * encounters would look into the future, a leak of 0.03 AUC that no ceiling sees: it has none.
 */
export const readmissionUci: ProjectSpec = defineProject({
  ...BASE,
  name: 'readmission-uci',
  model: 'readmission-uci',
  tables: tableNames('readmission_uci'),
  transforms: { silver: SILVER, gold: [...GOLD, view('features', 'gold/features')] },
  lookBackMonths: 0,
  features: { numeric: NUMERIC, categorical: CATEGORICAL, rareShare: 0.005 },
  card: modelCard(
    'Diabetes 130-US hospitals (UCI, 1999 to 2008): 101,766 stays of one to fourteen days. The file has no dates; the order of its encounters stands in for time. It is older than the treatments and the coding of today.',
  ),
});

function tableNames(project: string): TableNames {
  return {
    bronze: `bronze/${project}`,
    rejects: `bronze/${project}_rejects`,
    silver: `silver/${project}`,
    quarantine: `silver/${project}_quarantine`,
    features: `gold/${project}_features`,
    labels: `gold/${project}_labels`,
    excluded: `gold/${project}_excluded`,
    predictions: `gold/${project}_predictions`,
    monitoring: `gold/${project}_monitoring`,
  };
}
