/** Any file of labels and scores, judged: `assay evaluate`. No store, no server. */
import { createHash } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import { compareModels, type Comparison } from '../../workflows/domain/comparison.ts';
import { judgeScores, type ScorePolicy, type ScoreVerdict } from '../../workflows/domain/judge-scores.ts';
import { multiClassMetrics } from '../../workflows/domain/multiclass.ts';
import type { DuckDB, Session } from '../lake/contract.ts';
import type { OpenTableFile } from '../lake/table-file.ts';
import {
  binaryCode,
  classesOfColumns,
  classOf,
  distinctLabels,
  inOrder,
  MOST_CLASSES,
} from './class-labels.ts';
import type { EvaluatedClasses, EvaluatedFile, EvaluatedScores, ScoreFileRequest } from './contract.ts';
import { chooseColumns, DELIVERED, invalidScores } from './score-columns.ts';
import { readScoreRows, type ScoreRows } from './score-rows.ts';

export interface EvaluateFileDependencies {
  readonly duckdb: DuckDB;
  readonly openFile: OpenTableFile;
}

/** Shown of labels that are not what they should be. */
const SHOWN_LABELS = 5;

/** @throws UnreadableFile, MissingColumn, InvalidScores, UndefinedMetric */
export async function evaluateFile(
  { duckdb, openFile }: EvaluateFileDependencies,
  request: ScoreFileRequest,
): Promise<EvaluatedFile> {
  return duckdb.session(async (session) => {
    // In the file's order, so that a row can be named by its number.
    await session.run('SET preserve_insertion_order = true');
    const file = await openFile(session, DELIVERED, request.file);
    const rows = await chooseColumns(session, file, request);
    const isBinary = request.scores.length === 1 && request.predicted === undefined;
    return isBinary ? evaluateScores(session, rows, request) : evaluateClasses(session, rows, request);
  });
}

async function evaluateScores(
  session: Session,
  rows: number,
  request: ScoreFileRequest,
): Promise<EvaluatedScores> {
  const read = await readScoreRows(session, rows, request, await binaryPlaces(session, request));
  const [challenger = new Float64Array()] = read.scores;
  const comparison = compareModels(
    {
      labels: Uint8Array.from(read.labels),
      challenger,
      ...(read.champion && { champion: read.champion }),
      ...(read.clusters && { clusters: read.clusters.numbers }),
      groups: read.slices,
    },
    request.threshold,
  );
  if (!comparison.defined) throw undefinedMetric(request.file, comparison.reason);
  const { challenger: figures, ...others } = comparison.value;
  return {
    kind: 'binary',
    ...figures,
    ...(read.clusters && { groups: read.clusters.count }),
    ...others,
    ...(request.gates && { gates: gatesOf(comparison.value, read, request.gates) }),
  };
}

async function binaryPlaces(session: Session, request: ScoreFileRequest): Promise<Map<string, number>> {
  const { label, positive } = request;
  const labels = await distinctLabels(session, 'label');
  const places = new Map<string, number>();
  for (const found of labels) {
    const code = binaryCode(found, positive);
    if (code !== undefined) places.set(found, code);
  }
  const values = `its values are ${listed(labels)}`;
  if (places.size < labels.length || labels.length > MOST_CLASSES) {
    throw invalidScores(request.file, [
      `${label}: labels must be 0 and 1, and ${values}. Name the positive one with --positive, or the columns of all classes with --score`,
    ]);
  }
  if (![...places.values()].includes(1)) {
    const wanted = positive ?? '1';
    throw invalidScores(request.file, [`${label}: one class only, for no row is ${wanted}, and ${values}`]);
  }
  return places;
}

/** Digests of columns stand for the artefacts that made them. */
function gatesOf(
  { challenger, ...others }: Comparison,
  { labels, scores: [ours], champion }: ScoreRows,
  policy: ScorePolicy,
): ScoreVerdict {
  const sliceDigest = digestOf(labels);
  return judgeScores(
    {
      ...challenger,
      ...others,
      sliceDigest,
      challengerDigest: digestOf(ours ?? new Float64Array()),
      ...(champion && { championDigest: digestOf(champion), championSliceDigest: sliceDigest }),
    },
    policy,
  );
}

async function evaluateClasses(
  session: Session,
  rows: number,
  request: ScoreFileRequest,
): Promise<EvaluatedClasses> {
  const found = await distinctLabels(session, 'label');
  const guessed = request.predicted === undefined ? [] : await distinctLabels(session, 'predicted');
  if (found.length > MOST_CLASSES || guessed.length > MOST_CLASSES) {
    throw invalidScores(request.file, [`${request.label}: more than ${MOST_CLASSES} classes`]);
  }
  if (found.length < 2) {
    throw undefinedMetric(request.file, `${request.label} has one class only, ${listed(found)}`);
  }
  const ofColumns = classesOfScores(request, found);
  const classes = inOrder([...found, ...guessed, ...ofColumns]);
  const read = await readScoreRows(
    session,
    rows,
    request,
    new Map(classes.map((name, place) => [name, place])),
  );
  const probabilities = classes.map(
    (name) => read.scores[ofColumns.indexOf(name)] ?? new Float64Array(read.scores.length > 0 ? rows : 0),
  );
  return {
    kind: 'multi-class',
    ...multiClassMetrics({
      labels: classes,
      truth: read.labels,
      ...(read.predicted && { predicted: read.predicted }),
      ...(read.scores.length > 0 && { probabilities }),
      ...(read.clusters && { clusters: read.clusters.numbers }),
    }),
    ...(read.clusters && { groups: read.clusters.count }),
  };
}

/** Every class that occurs must have a column. */
function classesOfScores({ file, scores, classes }: ScoreFileRequest, labels: readonly string[]): string[] {
  if (scores.length === 0) return [];
  const named = classes?.map(classOf) ?? classesOfColumns(scores, labels);
  const missing = labels.filter((label) => named?.includes(label) !== true);
  if (named?.length === scores.length && new Set(named).size === named.length && missing.length === 0) {
    return named;
  }
  throw invalidScores(file, [
    `the score columns ${listed(scores)} do not tell whose classes ${listed(labels)} they are. Name a column for every class after it, or the classes in the columns' order with --classes`,
  ]);
}

function digestOf({ buffer, byteOffset, byteLength }: Float64Array | Int32Array): string {
  return createHash('sha256')
    .update(new Uint8Array(buffer, byteOffset, byteLength))
    .digest('hex');
}

function listed(values: readonly string[]): string {
  const shown = values.slice(0, SHOWN_LABELS).map((value) => `'${value}'`);
  return values.length > SHOWN_LABELS ? `${shown.join(', ')}, …` : shown.join(', ');
}

function undefinedMetric(file: string, reason: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `${file} has no metrics: ${reason}. Evaluate a file with rows of every class.`,
    'UndefinedMetric',
    { file, reason },
  );
}
