/** From a snapshot to a dataset: split by time and entity, encoder fitted, channels written. */

import { ApplicationFailure } from '@temporalio/common';

import type { Encoder } from '../../workflows/domain/encoder.ts';
import { judgingSliceStart } from '../../workflows/domain/judging-slice.ts';
import { quoteIdentifier } from '../../workflows/domain/identifier.ts';
import type { ProjectSpec } from '../../workflows/domain/project.ts';
import type { ArtefactRef } from '../../workflows/domain/reference.ts';
import { digestOf } from '../artefact.ts';
import type { DuckDB, Lake, Session } from '../lake/contract.ts';
import type { ObjectStore } from '../store/contract.ts';
import { uploadOnce, writeChannel, writeTestChannel, type ChannelFile } from './channels.ts';
import type { Channel, Dataset, Position, TrainingSnapshot } from './contract.ts';
import { attachExamples, joinFeatures } from './examples.ts';
import { fitEncoder } from './fit-encoder.ts';
import { requireEnough } from './snapshot.ts';
import { assignParts, learningParts, type Part } from './split.ts';
import { statement } from './sql-text.ts';
import { withinWindow } from './window.ts';

export interface PrepareDependencies {
  readonly store: ObjectStore;
  readonly lake: Lake;
  readonly duckdb: DuckDB;
}

/** @throws NotEnoughData */
export async function prepareDataset(
  { store, lake, duckdb }: PrepareDependencies,
  spec: ProjectSpec,
  all: TrainingSnapshot,
  championUntil?: string,
): Promise<Dataset> {
  const testFrom = championUntil && judgingSliceStart(all.matured, championUntil, spec.gate.minPositives);
  const snapshot = withinWindow(all, spec.training.window, testFrom);
  requireEnough(snapshot);
  return duckdb.session(async (session) => {
    await attachExamples(session, lake, spec, snapshot);
    const parts = await assignParts(session, spec.training, snapshot, testFrom);
    await createLearningView(session, spec, learningParts(parts));
    const encoder = await fitEncoder(session, 'learning', spec.features);
    const files = await writeAll(session, spec, encoder, parts);
    const encoderText = `${JSON.stringify(encoder, null, 2)}\n`;
    const digest = digestOf(
      JSON.stringify([snapshot.digest, digestOf(encoderText), ...files.map(({ file }) => file.digest)]),
    );
    const root = `training/${digest}`;
    const trainedUntil = await boundary(session);
    const newest = spec.training.correctIntercept
      ? await writeNewest(session, spec, { encoder, interval: trainedUntil.interval, parts })
      : undefined;
    for (const { name, file } of newest ? [...files, newest] : files) {
      await uploadOnce(store, `${root}/${name}/part-0.parquet`, file.path);
    }
    return {
      snapshot,
      encoder: await putText(store, `${root}/encoder.json`, encoderText),
      ...channelsOf(files, root),
      trainedUntil,
      ...(newest && {
        newest: { prefix: `${root}/${newest.name}`, ...newest.part, interval: trainedUntil.interval },
      }),
      removedForTestEntities: parts.get('removed')?.rows ?? 0,
      digest,
    };
  });
}

interface NamedFile {
  readonly name: string;
  readonly file: ChannelFile;
  readonly part: Part;
}

/** The rows that the encoder may know, with the columns that it encodes. */
async function createLearningView(
  session: Session,
  spec: ProjectSpec,
  parts: readonly string[],
): Promise<void> {
  const columns = [...new Set([...spec.features.numeric, ...spec.features.categorical])];
  await session.run(
    `CREATE TABLE learning AS
     SELECT ${columns.map((column) => `features.${quoteIdentifier(column)}`).join(', ')}
     FROM ${joinFeatures(spec)}
     WHERE parts.part IN (SELECT unnest(from_json($parts, '["VARCHAR"]')))`,
    { parts: JSON.stringify(parts) },
  );
}

async function writeAll(
  session: Session,
  spec: ProjectSpec,
  encoder: Encoder,
  parts: ReadonlyMap<string, Part>,
): Promise<NamedFile[]> {
  const files: NamedFile[] = [];
  const add = async (name: string, from: readonly string[]): Promise<void> => {
    const part = total(parts, from);
    const file =
      name === 'test'
        ? await writeTestChannel(session, encoder, spec)
        : await writeChannel(session, encoder, spec, { name, parts: from });
    files.push({ name, file, part });
  };
  await add('train', learningParts(parts));
  for (const name of ['validation', ...foldNames(parts)]) if (parts.has(name)) await add(name, [name]);
  await add('test', ['test']);
  return files;
}

/** What an intercept is fitted to: everything of the newest interval that is not held out. */
async function writeNewest(
  session: Session,
  spec: ProjectSpec,
  wanted: { encoder: Encoder; interval: string; parts: ReadonlyMap<string, Part> },
): Promise<NamedFile> {
  const { encoder, interval: period, parts } = wanted;
  const from = [...parts.keys()].filter((name) => name !== 'test' && name !== 'removed');
  const [part = { rows: 0, positives: 0 }] = await session.rows<Part>(
    `SELECT count(*) AS rows, count(*) FILTER (label = 1) AS positives
     FROM parts
     WHERE period = $period AND part IN (SELECT unnest(from_json($from, '["VARCHAR"]')))`,
    { period, from: JSON.stringify(from) },
  );
  const file = await writeChannel(session, encoder, spec, { name: 'newest', parts: from, period });
  return { name: 'newest', file, part };
}

function foldNames(parts: ReadonlyMap<string, Part>): string[] {
  return [...parts.keys()].filter((name) => name.startsWith('fold-'));
}

function total(parts: ReadonlyMap<string, Part>, names: readonly string[]): Part {
  const found = names.map((name) => parts.get(name) ?? { rows: 0, positives: 0 });
  return {
    rows: found.reduce((sum, { rows }) => sum + rows, 0),
    positives: found.reduce((sum, { positives }) => sum + positives, 0),
  };
}

function channelsOf(
  files: readonly NamedFile[],
  root: string,
): Pick<Dataset, 'channels' | 'folds' | 'test' | 'eventRate'> {
  const channels = new Map<string, Channel>();
  for (const { name, part } of files) channels.set(name, { prefix: `${root}/${name}`, ...part });
  const [train, validation, test] = ['train', 'validation', 'test'].map((name) => channels.get(name));
  if (!train || !test)
    throw new Error('A dataset without a training and a test channel was about to be made');
  const folds = [...channels].filter(([name]) => name.startsWith('fold-')).map(([, channel]) => channel);
  return {
    channels: { train, ...(validation && { validation }) },
    ...(folds.length > 0 && { folds }),
    test,
    eventRate: train.positives / train.rows,
  };
}

async function boundary(session: Session): Promise<Position> {
  const [last] = await session.rows<{ period: string; row_key: string }>(statement('boundary'));
  if (!last) throw ApplicationFailure.nonRetryable('Nothing stands before the test part.', 'NotEnoughData');
  return { interval: last.period, key: last.row_key };
}

async function putText(store: ObjectStore, key: string, text: string): Promise<ArtefactRef> {
  await store.putIfAbsent(key, text);
  return { key, digest: digestOf(text), bytes: Buffer.byteLength(text) };
}
