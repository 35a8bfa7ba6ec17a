/** Channels: encoded parts of the examples as Parquet files, byte-identical whenever they are written again. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

import { encoderSql, type Encoder } from '../../workflows/domain/encoder.ts';
import { quoteIdentifier } from '../../workflows/domain/identifier.ts';
import { INTERVAL_COLUMN, type ProjectSpec } from '../../workflows/domain/project.ts';
import type { Session } from '../lake/contract.ts';
import type { ObjectStore } from '../store/contract.ts';
import { joinFeatures } from './examples.ts';

export interface ChannelFile {
  /** Local, in the session's scratch folder. */
  readonly path: string;
  readonly digest: string;
}

/** The label, then the encoded features: what a trainer reads. `parts` are values of the view `parts`. */
export function writeChannel(
  session: Session,
  encoder: Encoder,
  spec: ProjectSpec,
  {
    name,
    parts,
    period,
  }: { readonly name: string; readonly parts: readonly string[]; readonly period?: string },
): Promise<ChannelFile> {
  return writeParts(session, encoder, spec, {
    name,
    parts,
    ...(period !== undefined && { period }),
    columns: ['CAST(parts.label AS FLOAT) AS label'],
  });
}

/** Key, entity, interval, slice columns and label under the project's own names, then the encoded features. */
export function writeTestChannel(
  session: Session,
  encoder: Encoder,
  spec: ProjectSpec,
): Promise<ChannelFile> {
  const { key, entity } = spec.source;
  const described = [...new Set([key, entity, INTERVAL_COLUMN, ...spec.slices])];
  const columns = [
    ...described.map((column) => `features.${quoteIdentifier(column)}`),
    `parts.label AS ${quoteIdentifier(spec.label.column)}`,
  ];
  return writeParts(session, encoder, spec, { name: 'test', parts: ['test'], columns });
}

/** Leaves an object alone that is there already: its name says what is in it. */
export async function uploadOnce(store: ObjectStore, key: string, file: string): Promise<void> {
  const [there, { size }] = await Promise.all([store.head(key), stat(file)]);
  if (there?.bytes !== size) await store.upload(key, file);
}

async function writeParts(
  session: Session,
  encoder: Encoder,
  spec: ProjectSpec,
  output: {
    readonly name: string;
    readonly parts: readonly string[];
    readonly columns: readonly string[];
    /** Start of the one interval that is wanted; all by default. */
    readonly period?: string;
  },
): Promise<ChannelFile> {
  const path = join(session.scratch, `${output.name}.parquet`);
  const { select, params } = encoderSql(encoder, { table: 'features' });
  await session.run(
    `COPY (
       SELECT ${[...output.columns, select].join(',\n')}
       FROM ${joinFeatures(spec)}
       WHERE parts.part IN (SELECT unnest(from_json($parts, '["VARCHAR"]')))
         AND ($period IS NULL OR parts.period = $period)
       ORDER BY parts.place
     ) TO $path (FORMAT parquet)`,
    { ...params, parts: JSON.stringify(output.parts), period: output.period ?? null, path },
  );
  return { path, digest: await digestOfFile(path) };
}

async function digestOfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
