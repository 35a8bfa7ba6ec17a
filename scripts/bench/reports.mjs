/** Drawing both reports: a monitoring one of 45 columns and 24 months, a training one of 20,000 held-out rows. */
import { compareModels } from '../../dist/workflows/domain/comparison.js';
import { capacityAt, modelCurves } from '../../dist/workflows/domain/curves.js';
import { labelledScores } from '../../dist/workflows/domain/labelled-scores.js';
import { createRandom } from '../../dist/workflows/domain/random.js';

const COLUMNS = 45;
const MONTHS = 24;
const BINS = 12;
const ROWS = 20_000;
const REPEATS = 5;
const THRESHOLD = 0.15;
const random = createRandom('bench');
const model = { model: 'bench', version: 2, digest: 'digest' };

export async function run() {
  const loading = performance.now();
  const { renderMonitoring } = await import('../../dist/activities/reports/monitoring/render.js');
  const { renderTraining } = await import('../../dist/activities/reports/training/render.js');
  const loaded = (performance.now() - loading) / 1000;
  return [
    { name: 'loading what draws', value: loaded, unit: 's' },
    { name: 'monitoring report', value: secondsOf(renderMonitoring, monitoringReport()), unit: 's' },
    { name: 'training report', value: secondsOf(renderTraining, trainingReport()), unit: 's' },
    { name: 'memory after it', value: process.resourceUsage().maxRSS / 1024, unit: 'MB' },
  ];
}

/** Of one drawing: the median, so that the first one's compilation does not count. */
function secondsOf(render, report) {
  const times = Array.from({ length: REPEATS }, () => {
    const started = performance.now();
    render(report);
    return (performance.now() - started) / 1000;
  });
  return times.toSorted((one, other) => one - other)[Math.floor(REPEATS / 2)];
}

function monitoringReport() {
  const names = Array.from({ length: COLUMNS }, (_, place) => `feature_${place}`);
  const drifted = (place) => place % 3 === 0;
  const verdict = (place) => (drifted(place) ? 'alarm' : 'ok');
  const columns = names.map((name, place) => ({
    name,
    kind: 'categorical',
    verdict: verdict(place),
    psi: drifted(place) ? 0.4 : 0.01,
    psiCritical: 0.007,
    jensenShannon: 0.1,
    missing: { reference: 0.1, current: 0.2 },
    bins: Array.from({ length: BINS }, (_, bin) => ({
      label: `bin ${bin}`,
      reference: 800 + bin,
      current: 700 - bin,
    })),
  }));
  return {
    format: 'assay-monitoring-report-1',
    project: 'bench',
    interval: monthOf(MONTHS - 1),
    model,
    verdict: 'alarm',
    reference: { description: 'the month before', rows: ROWS },
    current: { rows: ROWS },
    thresholds: { warn: 0.1, alarm: 0.25 },
    columns,
    otherReferences: [],
    quality: { verdict: 'ok', findings: [] },
    outputs: {
      scoreMean: 0.11,
      aboveThreshold: 0.2,
      threshold: THRESHOLD,
      missing: 0,
      outsideUnitInterval: 0,
    },
    history: Array.from({ length: MONTHS }, (_, month) => ({
      interval: monthOf(month),
      version: 1,
      rows: ROWS,
      scorePsi: 0.02,
      scoreMean: 0.11,
      eventRate: 0.11,
      features: names.map((name, place) => ({ name, psi: 0.01 * place, verdict: verdict(place) })),
    })),
  };
}

function trainingReport() {
  const labels = Uint8Array.from({ length: ROWS }, () => (random() < 0.11 ? 1 : 0));
  const scores = () => Float64Array.from(labels, (label) => 0.02 + 0.3 * random() * (1 + 0.3 * label));
  const groups = [
    { column: 'group', values: Array.from(labels, () => `group ${Math.floor(random() * 12)}`) },
  ];
  const challenger = scores();
  const compared = compareModels({ labels, challenger, champion: scores(), groups }, THRESHOLD).value;
  const sample = labelledScores(challenger, labels).value;
  const features = Array.from({ length: COLUMNS }, (_, place) => `feature_${place}`);
  const importance = { value: 0.01, low: 0.005, high: 0.015 };
  const { challenger: figures, ...others } = compared;
  return {
    format: 'assay-training-report-1',
    project: 'bench',
    model,
    registeredAt: '2026-01-01T00:00:00Z',
    gate: {
      verdict: 'pass',
      results: [],
      recorded: true,
      against: 1,
      nonInferiorityMargin: 0.005,
      sliceMinPositives: 100,
    },
    evaluation: { ...figures, ...others, sliceDigest: 'digest', challengerDigest: 'digest', latencyMs: 0.2 },
    figures: {
      rows: ROWS,
      positives: sample.positives.length,
      ...modelCurves(sample),
      capacity: { threshold: THRESHOLD, ...capacityAt(sample, THRESHOLD) },
    },
    permutation: {
      method: 'permutation',
      rows: 4_000,
      positives: 440,
      repeats: 5,
      auc: 0.66,
      features: features.map((feature) => ({ feature, importance })),
    },
    lineage: {
      features: { table: 'gold/features', version: 1 },
      labels: { table: 'gold/labels', version: 1 },
      asOf: '2026-01-01T00:00:00Z',
      intervals: [monthOf(0).start],
      rows: { train: ROWS, test: ROWS },
      positives: { train: 2_000, test: 2_000 },
      removedForTestEntities: 0,
      family: 'boosted',
      trial: 0,
      trials: 1,
      rounds: 100,
      hyperparameters: {},
      trainingSeconds: 1,
      codeVersion: 'bench',
      run: 'bench',
      digests: {},
      parity: { rows: 1, maxAbsDiff: 0 },
    },
    card: { intendedUse: '', data: '', limits: [] },
  };
}

function monthOf(month) {
  const start = (place) => new Date(Date.UTC(2024, place)).toISOString();
  return { start: start(month), end: start(month + 1) };
}
