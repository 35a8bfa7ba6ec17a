/** A training report with the figures of two seeded models, for tests and to look at. */
import { compareModels, type ScoredRows } from '../../../workflows/domain/comparison.ts';
import { modelFigures } from '../../../workflows/domain/curves.ts';
import type { EvaluationReport } from '../../../workflows/domain/evaluation.ts';
import { judge } from '../../../workflows/domain/judge.ts';
import type { GatePolicy } from '../../../workflows/domain/project.ts';
import { createRandom } from '../../../workflows/domain/random.ts';
import { definedSample } from '../../../workflows/domain/testing/samples.ts';
import type { TrainingReport } from '../contract.ts';

const ROWS = 8_000;
const THRESHOLD = 0.15;
const GATE: GatePolicy = {
  floors: { auc: 0.62, prAucOverEventRate: 1.3 },
  nonInferiorityMargin: 0.005,
  calibration: { min: 0.8, max: 1.25, worseThanChampion: 0.05 },
  ceilingAuc: 0.75,
  suspiciousGain: 0.03,
  minPositives: 800,
  maxLatencyMs: 20,
  slices: { minPositives: 100, alpha: 0.05 },
};
const FEATURES = [
  'number_inpatient',
  'discharge_disposition',
  'number_diagnoses',
  'payer_code',
  'age_midpoint',
  'admission_type',
  'num_medications',
  'time_in_hospital',
  'insulin',
  'medical_specialty',
  'num_lab_procedures',
  'diag_1_chapter',
  'a1c_result',
  'number_emergency',
  'change_of_medication',
  'number_outpatient',
  'metformin',
];
/** What a name or a value may be when it comes from outside. */
export const HOSTILE = `<script>document.title='taken'</script><img src=x onerror="document.title='taken'">&`;

export function trainingExample({ hostile = false } = {}): TrainingReport {
  const rows = scoredRows(hostile ? HOSTILE : 'Other');
  const evaluation = evaluationOf(rows);
  const sample = definedSample(rows.challenger, rows.labels);
  return {
    format: 'assay-training-report-1',
    project: 'readmission',
    model: { model: 'readmission', version: 2, digest: evaluation.challengerDigest },
    registeredAt: '2025-06-01T08:30:00.000Z',
    gate: {
      ...judge(evaluation, GATE, { championDigest: evaluation.championDigest ?? null }),
      recorded: true,
      against: 1,
      nonInferiorityMargin: GATE.nonInferiorityMargin,
      sliceMinPositives: GATE.slices.minPositives,
    },
    evaluation,
    figures: modelFigures(sample, THRESHOLD),
    seeds: { rows: 6_392, aucs: [0.6612, 0.6587, 0.6655], standardDeviation: 0.003_41 },
    ...explanations(hostile),
    lineage: lineageOf(evaluation),
    card: {
      intendedUse:
        'Ranks patients at discharge by their risk of coming back within 30 days, so that follow-up calls go where they help most.',
      data: 'Hospital stays of patients with diabetes, each with the outcome of the 30 days after it.',
      limits: [
        'Final diagnoses are often coded after discharge and may not be there when a score is needed.',
        hostile ? HOSTILE : 'Who dies or is readmitted elsewhere counts as not readmitted.',
      ],
    },
  };
}

/** Two models of one truth, the challenger with less noise; the latent risk also depends on the group. */
function scoredRows(rareGroup: string): ScoredRows {
  const random = createRandom('report');
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const probability = (logit: number): number => 1 / (1 + Math.exp(-logit));
  const labels = new Uint8Array(ROWS);
  const unseen = new Uint8Array(ROWS);
  const challenger = new Float64Array(ROWS);
  const champion = new Float64Array(ROWS);
  const race: string[] = [];
  const gender: string[] = [];
  for (let row = 0; row < ROWS; row += 1) {
    const risk = -2.25 + 0.62 * normal();
    labels[row] = random() < probability(risk) ? 1 : 0;
    challenger[row] = probability(-2.2 + 0.75 * (risk + 2.25) + 0.2 * normal());
    champion[row] = probability(-2.1 + 0.6 * (risk + 2.25) + 0.35 * normal());
    unseen[row] = random() < 0.8 ? 1 : 0;
    const draw = random();
    race.push(
      draw < 0.75 ? 'Caucasian' : draw < 0.94 ? 'AfricanAmerican' : draw < 0.97 ? 'Hispanic' : rareGroup,
    );
    gender.push(random() < 0.54 ? 'Female' : 'Male');
  }
  const groups = [
    { column: 'race', values: race },
    { column: 'gender', values: gender },
  ];
  return { labels, unseen, challenger, champion, groups };
}

function evaluationOf(rows: ScoredRows): EvaluationReport {
  const comparison = compareModels(rows, THRESHOLD);
  if (!comparison.defined) throw new Error(comparison.reason);
  const { challenger, ...others } = comparison.value;
  return {
    ...challenger,
    ...others,
    championFigures: modelFigures(definedSample(rows.champion!, rows.labels), THRESHOLD),
    sliceDigest: 'a'.repeat(64),
    championSliceDigest: 'a'.repeat(64),
    challengerDigest: 'b'.repeat(64),
    championDigest: 'c'.repeat(64),
    latencyMs: 0.27,
  };
}

function explanations(hostile: boolean): Pick<TrainingReport, 'permutation' | 'contributions'> {
  const names = FEATURES.map((name, place) => (hostile && place === 1 ? HOSTILE : name));
  const shrinking = (place: number): number => 0.051 * 0.71 ** place - 0.0003;
  return {
    permutation: {
      method: 'Permutation importance through ONNX Runtime',
      rows: 4_000,
      positives: 447,
      repeats: 5,
      auc: 0.6641,
      features: names.map((feature, place) => ({
        feature,
        importance: {
          value: shrinking(place),
          low: shrinking(place) - 0.0061,
          high: shrinking(place) + 0.0061,
        },
      })),
    },
    contributions: {
      method: 'XGBoost’s contributions',
      rows: 1_000,
      features: names.map((feature, place) => ({ feature, contribution: 0.31 * 0.8 ** place })),
    },
  };
}

function lineageOf({
  rows,
  positives,
  challengerDigest,
  sliceDigest,
}: EvaluationReport): TrainingReport['lineage'] {
  return {
    features: { table: 'gold/readmission_features', version: 12 },
    labels: { table: 'gold/readmission_labels', version: 11 },
    asOf: '2025-06-01T00:00:00Z',
    intervals: [
      '2025-01-01T00:00:00Z',
      '2025-02-01T00:00:00Z',
      '2025-03-01T00:00:00Z',
      '2025-04-01T00:00:00Z',
    ],
    rows: { train: 31_960, validation: 6_392, test: rows },
    positives: { train: 3_501, validation: 702, test: positives },
    removedForTestEntities: 3_114,
    family: 'boosted',
    trial: 4,
    trials: 6,
    rounds: 187,
    hyperparameters: { eta: '0.061', max_depth: '4', min_child_weight: '5.2', subsample: '0.83' },
    trainingSeconds: 21.37,
    intercept: {
      shift: -0.1372,
      interval: '2025-04-01T00:00:00Z',
      rows: 7_411,
      positives: 802,
      meanScoreBefore: 0.1214,
    },
    codeVersion: '0.1.0+3f2a91c',
    run: 'training-readmission-2025-05-01',
    digests: { onnx: challengerDigest, 'rows judged on': sliceDigest },
    parity: { rows: 2_000, maxAbsDiff: 2.38e-7 },
  };
}
