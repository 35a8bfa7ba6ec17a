/** The document of a training report: what the registry knows of a version, and figures from its held-out rows. */
import { modelFigures, type ModelFigures } from '../../../workflows/domain/curves.ts';
import type { Encoder } from '../../../workflows/domain/encoder.ts';
import type { EvaluationReport } from '../../../workflows/domain/evaluation.ts';
import { judge } from '../../../workflows/domain/judge.ts';
import { labelledScores } from '../../../workflows/domain/labelled-scores.ts';
import type { ModelCard, ProjectSpec } from '../../../workflows/domain/project.ts';
import type { DuckDB } from '../../lake/contract.ts';
import type { ModelVersion, Registry } from '../../registry/contract.ts';
import type { ObjectStore } from '../../store/contract.ts';
import type { Lineage, TrainingReport } from '../contract.ts';
import { treeContributions, type Contribute } from '../contributions.ts';
import { undefinedFigures } from '../errors.ts';
import { featureColumns } from '../feature-columns.ts';
import { readHeldOut, type HeldOut, type Scorer } from '../held-out.ts';
import { permutationImportance } from '../permutation.ts';

export interface TrainingReportDependencies {
  readonly store: ObjectStore;
  readonly duckdb: DuckDB;
  readonly registry: Registry;
  readonly scoring: { open(onnx: Uint8Array): Promise<Scorer> };
  /** The trainer's explanation of its own file; without it the report has none. */
  readonly contribute?: Contribute;
}

const NO_CARD: ModelCard = {
  intendedUse: 'The project does not say.',
  data: 'The project does not say.',
  limits: ['The project names none, which does not mean that there are none.'],
};

/** @throws UnknownVersion, DigestMismatch, UndefinedMetric */
export async function trainingReport(
  deps: TrainingReportDependencies,
  spec: ProjectSpec,
  { model, version }: { readonly model: string; readonly version: number },
): Promise<TrainingReport> {
  const found = await deps.registry.version(model, version);
  const evaluation = await readJson<EvaluationReport>(deps.registry, found, 'metrics');
  return {
    format: 'assay-training-report-1',
    project: spec.name,
    model: { model, version, digest: found.digest },
    registeredAt: found.registeredAt,
    gate: await gateOf(deps.registry, spec, found, evaluation),
    evaluation,
    ...(await explained(deps, spec, found)),
    ...(found.candidate.seeds && { seeds: found.candidate.seeds }),
    lineage: lineageOf(found, evaluation),
    card: spec.card ?? NO_CARD,
  };
}

/** Figures and explanations, through the ONNX file that is in use. */
async function explained(
  { store, duckdb, registry, scoring, contribute }: TrainingReportDependencies,
  spec: ProjectSpec,
  found: ModelVersion,
): Promise<Pick<TrainingReport, 'figures' | 'permutation' | 'contributions'>> {
  const { model, version } = found;
  const { seed } = spec.training;
  const encoder = await readJson<Encoder>(registry, found, 'encoder');
  const features = featureColumns(encoder);
  const scorer = await scoring.open(await registry.artefact(model, version, 'onnx'));
  try {
    const { test } = found.dataset;
    const query = { test, encoder, label: spec.label.column, scorer, seed };
    const heldOut = await readHeldOut({ store, duckdb }, query);
    const trainer = contribute && (await registry.artefact(model, version, 'trainer'));
    return {
      figures: figuresOf(heldOut, spec.operatingThreshold),
      permutation: await permutationImportance(heldOut.sample, features, scorer, seed),
      ...(trainer && {
        contributions: await treeContributions(trainer, heldOut.sample, features, contribute),
      }),
    };
  } finally {
    await scorer.close();
  }
}

function figuresOf({ scores, labels }: HeldOut, threshold: number): ModelFigures {
  const sample = labelledScores(scores, labels);
  if (!sample.defined) throw undefinedFigures(sample.reason);
  return modelFigures(sample.value, threshold);
}

/** As the registry has it; before the gate has spoken, what it says of this evaluation. */
async function gateOf(
  registry: Registry,
  spec: ProjectSpec,
  { model, version }: ModelVersion,
  evaluation: EvaluationReport,
): Promise<TrainingReport['gate']> {
  const log = await registry.log(model);
  const bounds = {
    nonInferiorityMargin: spec.gate.nonInferiorityMargin,
    sliceMinPositives: spec.gate.slices.minPositives,
  };
  for (const entry of log.toReversed()) {
    if (entry.kind !== 'gate' || entry.version !== version) continue;
    return { ...entry.verdict, recorded: true, against: entry.against, ...bounds };
  }
  const championDigest = evaluation.championDigest ?? null;
  const champion = log.findLast((entry) => entry.kind === 'registered' && entry.digest === championDigest);
  const against = champion?.kind === 'registered' ? champion.version : null;
  return { ...judge(evaluation, spec.gate, { championDigest }), recorded: false, against, ...bounds };
}

function lineageOf(found: ModelVersion, evaluation: EvaluationReport): Lineage {
  const { dataset, candidate, artefacts } = found;
  const { snapshot, channels, test } = dataset;
  const { train, validation } = channels;
  const digests = Object.entries(artefacts).map(([name, { digest }]) => [name, digest] as const);
  return {
    features: snapshot.features,
    labels: snapshot.labels,
    asOf: snapshot.asOf,
    intervals: snapshot.intervals,
    rows: { train: train.rows, ...(validation && { validation: validation.rows }), test: test.rows },
    positives: {
      train: train.positives,
      ...(validation && { validation: validation.positives }),
      test: test.positives,
    },
    removedForTestEntities: dataset.removedForTestEntities,
    family: candidate.family,
    trial: candidate.trial,
    trials: candidate.trials,
    rounds: candidate.rounds,
    hyperparameters: candidate.hyperparameters,
    trainingSeconds: candidate.seconds,
    ...(candidate.intercept && { intercept: candidate.intercept }),
    codeVersion: found.codeVersion,
    run: found.run,
    digests: {
      ...Object.fromEntries(digests),
      snapshot: snapshot.digest,
      dataset: dataset.digest,
      'rows judged on': evaluation.sliceDigest,
    },
    parity: found.parity,
  };
}

async function readJson<T>(
  registry: Registry,
  { model, version }: ModelVersion,
  name: 'metrics' | 'encoder',
): Promise<T> {
  return JSON.parse(new TextDecoder().decode(await registry.artefact(model, version, name))) as T;
}
