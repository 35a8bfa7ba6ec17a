/** A model under judgement: its scorer, its encoder, and what it was trained on. */
import type { Encoder } from '../../workflows/domain/encoder.ts';
import { assertDigest, readArtefact } from '../artefact.ts';
import { parseEncoder } from '../encoder-file.ts';
import type { Session } from '../lake/contract.ts';
import type { Registry } from '../registry/contract.ts';
import type { ConvertedModel, PinnedModel } from '../scoring/contract.ts';
import type { ObjectStore } from '../store/contract.ts';
import type { Dataset } from '../training/contract.ts';

/** An open ONNX session: rows × columns in, a score for each row out. */
interface Scorer {
  score(matrix: Float32Array, rows: number, columns: number): Promise<Float32Array>;
  close(): Promise<void>;
}

/** What scoring provides. */
export interface ScoringPort {
  open(onnx: Uint8Array): Promise<Scorer>;
  /** Scores every row of a view into a new table of `key` and `score`. */
  scoreView(
    session: Session,
    view: {
      readonly view: string;
      readonly key: string;
      readonly encoder: Encoder;
      readonly scorer: Scorer;
      readonly into: string;
    },
  ): Promise<unknown>;
}

export interface JudgedModel {
  readonly digest: string;
  readonly onnx: Uint8Array;
  readonly encoder: Encoder;
  readonly dataset: Dataset;
}

/** @throws DigestMismatch */
export async function loadChallenger(
  store: ObjectStore,
  { onnx }: ConvertedModel,
  dataset: Dataset,
): Promise<JudgedModel> {
  const encoder = parseEncoder(await readArtefact(store, dataset.encoder), dataset.encoder.key);
  return { digest: onnx.digest, onnx: await readArtefact(store, onnx), encoder, dataset };
}

/** @throws DigestMismatch */
export async function loadChampion(
  registry: Registry,
  { model, version, digest }: PinnedModel,
): Promise<JudgedModel> {
  const name = `${model}/${version}`;
  const onnx = await registry.artefact(model, version, 'onnx');
  assertDigest(onnx, digest, name);
  const encoder = parseEncoder(await registry.artefact(model, version, 'encoder'), name);
  const { dataset } = await registry.version(model, version);
  return { digest, onnx, encoder, dataset };
}
