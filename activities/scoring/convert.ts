/** A trained candidate becomes ONNX, proven on the dataset's test rows before anything may register it. */
import { encodedColumns } from '../../workflows/domain/encoder.ts';
import { quoteIdentifier } from '../../workflows/domain/identifier.ts';
import { readArtefact, writeArtefact } from '../artefact.ts';
import { attempt } from '../attempt.ts';
import { parseEncoder } from '../encoder-file.ts';
import type { DuckDB, Session } from '../lake/contract.ts';
import type { ObjectStore } from '../store/contract.ts';
import { type Batch, readBatches } from './batches.ts';
import type { ConvertedModel, ScoringActivities } from './contract.ts';
import { toOnnx } from './onnx/from-xgboost.ts';
import { type Predict, proveParity } from './onnx/parity.ts';
import { readModel } from './xgboost/model.ts';

export interface ConvertDependencies {
  readonly store: ObjectStore;
  readonly duckdb: DuckDB;
  /** The trainer's own predictions; without them the walker alone is the proof. */
  readonly predict?: Predict;
}

type ConvertInput = Parameters<ScoringActivities['convert']>[0];

/** @throws ParityFailed, UnsupportedModel, InvalidModel, DigestMismatch */
export async function convert(
  { store, duckdb, predict }: ConvertDependencies,
  { candidate, dataset }: ConvertInput,
): Promise<ConvertedModel> {
  const file = await readArtefact(store, candidate.model);
  const encoder = parseEncoder(await readArtefact(store, dataset.encoder), dataset.encoder.key);
  const model = readModel(file);
  const onnx = toOnnx(model);
  const parity = await duckdb.session(async (session) => {
    const rows = testRows(session, store, dataset.test.prefix, encodedColumns(encoder));
    return proveParity({ file, model, onnx }, rows, predict);
  });
  attempt().log('converted', { family: candidate.family, ...parity });
  return { onnx: await writeArtefact(store, `training/${dataset.digest}/onnx`, 'onnx', onnx), parity };
}

async function* testRows(
  session: Session,
  store: ObjectStore,
  prefix: string,
  columns: readonly string[],
): AsyncGenerator<Batch> {
  const sql = `SELECT ${columns.map(quoteIdentifier).join(', ')} FROM read_parquet($file)`;
  for await (const { key } of store.list(`${prefix.replace(/\/$/, '')}/`)) {
    const params = { file: await store.stage(key) };
    yield* readBatches(session, { sql, params, leading: 0, columns: columns.length });
  }
}
