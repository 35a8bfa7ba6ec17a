/** A small synthetic project in a temporary lake: two monthly intervals of history, and three live ones. */
import { DEFAULT_DRIFT_POLICY } from '../../../workflows/domain/drift/policy.ts';
import { DEFAULT_GOVERNANCE } from '../../../workflows/domain/governance/policy.ts';
import type { ProjectSpec, TrainingSpec } from '../../../workflows/domain/project.ts';
import type { TemporaryLake } from '../../lake/testing/temporary-lake.ts';

export const TRAINING: TrainingSpec = {
  seed: 11,
  testShare: 0.2,
  selection: { by: 'validation', share: 0.25 },
  families: {
    boosted: {
      trials: 3,
      rounds: 40,
      earlyStoppingRounds: 5,
      fixed: { eval_metric: 'auc' },
      search: {
        eta: { min: 0.05, max: 0.2, scale: 'log' },
        max_depth: { min: 2, max: 4, scale: 'integer' },
      },
    },
    forest: {
      trials: 1,
      rounds: 1,
      fixed: { num_parallel_tree: '20', subsample: '0.7' },
      search: { max_depth: { values: [4, 6] } },
    },
    linear: {
      trials: 2,
      rounds: 100,
      fixed: { eta: '0.5' },
      search: { lambda: { min: 0.001, max: 0.1, scale: 'log' } },
    },
  },
  everyIntervals: 3,
};

/** As much of a spec as training reads. */
export function syntheticProject(training: TrainingSpec = TRAINING): ProjectSpec {
  const table = (name: string): string => `gold/visits_${name}`;
  return {
    name: 'visits',
    model: 'visits',
    source: { columns: [], nullText: '?', key: 'visit', entity: 'person', integers: [] },
    tables: {
      bronze: table('bronze'),
      rejects: table('rejects'),
      silver: table('silver'),
      quarantine: table('quarantine'),
      features: table('features'),
      labels: table('labels'),
      excluded: table('excluded'),
      predictions: table('predictions'),
      monitoring: table('monitoring'),
    },
    contracts: [],
    transforms: { silver: [], gold: [] },
    lookBackMonths: 12,
    features: { numeric: ['age', 'days'], categorical: ['ward', 'sex'], rareShare: 0.02 },
    label: { column: 'returned', horizonDays: 30 },
    slices: ['sex'],
    training,
    gate: {
      floors: { auc: 0.6, prAucOverEventRate: 1 },
      nonInferiorityMargin: 0.005,
      calibration: { min: 0.8, max: 1.25, worseThanChampion: 0.05 },
      ceilingAuc: 0.9,
      suspiciousGain: 0.03,
      minPositives: 100,
      maxLatencyMs: 20,
      slices: { minPositives: 100, alpha: 0.05 },
    },
    operatingThreshold: 0.3,
    monitoring: { drift: DEFAULT_DRIFT_POLICY, baselineRows: { min: 1000, max: 1100 } },
    governance: DEFAULT_GOVERNANCE,
  };
}

/** Rows of five months, 2025-01 to 2025-05; people come back, wards are rare and missing, days have gaps. */
export async function writeSynthetic(lake: TemporaryLake, rows: number): Promise<void> {
  const spec = syntheticProject();
  const source = `
    SELECT
      i AS visit,
      CAST(hash(i) % CAST($rows * 0.7 AS UBIGINT) AS BIGINT) AS person,
      strftime(DATE '2025-01-01' + to_months(CAST(i * 5 // $rows AS INTEGER)), '%Y-%m-%dT00:00:00Z') AS _interval,
      CAST(hash(i + 1) % 80 AS INTEGER) AS age,
      CASE WHEN hash(i + 2) % 10 > 0 THEN hash(i + 3) % 400 / 8 END AS days,
      CASE
        WHEN hash(i + 4) % 17 = 0 THEN NULL
        WHEN hash(i + 4) % 100 = 1 THEN 'attic'
        ELSE ['north', 'south', 'east'][CAST(1 + hash(i + 3) % 3 AS BIGINT)]
      END AS ward,
      CASE WHEN hash(i + 5) % 2 = 0 THEN 'F' ELSE 'M' END AS sex,
      hash(i + 6) % 10000 / 10000.0 AS luck
    FROM range($rows) AS r(i)`;
  await lake.write(spec.tables.features, {
    query: `SELECT * EXCLUDE (luck) FROM (${source})`,
    params: { rows },
    mode: 'overwrite',
    key: `features-${rows}`,
    partitionBy: ['_interval'],
  });
  await lake.write(spec.tables.labels, {
    query: `
      SELECT visit, person, _interval,
        CAST(luck < 1 / (1 + exp(3 - age / 25 - coalesce(days, 20) / 40 - CAST(coalesce(ward = 'north', false) AS INTEGER))) AS INTEGER) AS returned,
        CAST(CAST(_interval[:10] AS DATE) + INTERVAL 1 MONTH + INTERVAL 30 DAY AS DATE) AS known_on
      FROM (${source})`,
    params: { rows },
    mode: 'overwrite',
    key: `labels-${rows}`,
    partitionBy: ['_interval'],
  });
}
