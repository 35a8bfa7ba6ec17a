/**
 * The composition root of the clients: what a command works with, made when it is first asked for.
 * DuckDB and ONNX Runtime are loaded only by the commands that use them.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Client } from '@temporalio/client';

import { createAssets } from '../activities/assets/assets.ts';
import type { Assets } from '../activities/assets/contract.ts';
import { createAssetLog } from '../activities/assets/log.ts';
import { createBackfills } from '../activities/backfill/backfills.ts';
import type { Backfills } from '../activities/backfill/contract.ts';
import type { EvaluatedFile, ScoreFileRequest } from '../activities/evaluation/contract.ts';
import { createCloudWatchSink } from '../activities/capacity/cloudwatch.ts';
import type { FigureSink } from '../activities/capacity/contract.ts';
import type { DuckDB, Lake } from '../activities/lake/contract.ts';
import type { Ledger, Pauses } from '../activities/ledger/contract.ts';
import { createLedger } from '../activities/ledger/ledger.ts';
import { createPauses } from '../activities/ledger/pauses.ts';
import type { Registry } from '../activities/registry/contract.ts';
import { createRegistry } from '../activities/registry/registry.ts';
import type { ConvertedFile } from '../activities/scoring/contract.ts';
import type { Secrets } from '../activities/secrets/contract.ts';
import type { ObjectStore } from '../activities/store/contract.ts';
import { projects } from '../pipelines/projects.ts';
import { configFor, type AssayConfig } from '../temporal.config.ts';
import type { ProjectSpec } from '../workflows/domain/project.ts';
import { consumersOf } from './consumers.ts';
import { ROOT, storeUri, type Env } from './env.ts';
import { pipelines, type Pipelines } from './pipelines.ts';
import { SCRATCH } from './scratch.ts';
import { openSecrets } from './secrets.ts';
import { openStores } from './stores.ts';
import { createConnections, temporalSettings } from './temporal.ts';

export interface Services {
  readonly env: Env;
  readonly config: AssayConfig;
  readonly store: ObjectStore;
  readonly secrets: Secrets;
  readonly ledger: Ledger;
  readonly pauses: Pauses;
  readonly registry: Registry;
  /** Where figures for alarms and autoscaling go; nowhere unless the environment names it. */
  readonly figures: FigureSink | undefined;
  readonly assets: Assets;
  readonly backfills: Backfills;
  readonly projects: Readonly<Record<string, ProjectSpec>>;
  readonly pipelines: Pipelines;
  /** Where runs are started. */
  readonly taskQueue: string;
  /** Connects at the first call. */
  client(): Promise<Client>;
  /** A server other than the configured one: that which the demo has started. */
  clientAt(address: string): Promise<Client>;
  duckdb(): Promise<DuckDB>;
  lake(): Promise<Lake>;
  /** Ends the connections that were made. */
  close(): Promise<void>;
}

/** Where commands keep things unless `ASSAY_STORE` or `--store` says otherwise. */
const DEFAULT_STORE = pathToFileURL(join(ROOT, '.assay', 'store')).href;

/** @param uri of the store; by default the environment's */
export function createServices(env: Env, uri = env.storeUri ?? DEFAULT_STORE): Services {
  const config = configFor(env.environment);
  const store = openStores(storeUri(uri), env);
  const ledger = createLedger(store);
  const connections = createConnections(() => temporalSettings(env, config));
  const duckdb = once(() => openDuckDB(config.workers.data));
  return {
    env,
    config,
    store,
    secrets: openSecrets(env, config),
    ledger,
    figures: figureSink(env),
    pauses: createPauses(store),
    registry: createRegistry(store),
    assets: createAssets({ log: createAssetLog(store), ledger, consumers: consumersOf(pipelines) }),
    backfills: createBackfills({ store, ledger, pipelines, schedules: config.schedules }),
    projects,
    pipelines,
    taskQueue: `control${env.queueSuffix}`,
    client: () => connections.to(undefined),
    clientAt: (address) => connections.to(address),
    close: () => connections.close(),
    duckdb,
    lake: once(async () => {
      const { createLake } = await import('../activities/lake/lake.ts');
      return createLake({ store, duckdb: await duckdb() });
    }),
  };
}

function figureSink({ cloudWatch, s3 }: Env): FigureSink | undefined {
  if (cloudWatch.environment === undefined) return undefined;
  const { environment, endpoint } = cloudWatch;
  return createCloudWatchSink({
    environment,
    ...(endpoint !== undefined && { endpoint }),
    ...(s3.region !== undefined && { region: s3.region }),
  });
}

/** Half of the worker's memory: DuckDB's peak is its limit and about 250 MB. */
export async function openDuckDB(size: { memoryMb: number; threads: number }): Promise<DuckDB> {
  const { createDuckDB } = await import('../activities/lake/duckdb.ts');
  return createDuckDB({
    memoryLimit: `${Math.floor(size.memoryMb / 2)}MB`,
    threads: size.threads,
    tempDirectory: SCRATCH,
  });
}

/** XGBoost's own predictions are part of the proof where its library is set up. */
export async function convertModel(file: Uint8Array, { xgboostLibrary }: Env): Promise<ConvertedFile> {
  const { convertFile } = await import('../activities/scoring/convert-file.ts');
  if (xgboostLibrary === undefined) return convertFile(file);
  const { createPredictor } = await import('../activities/training/xgboost/predictor.ts');
  return convertFile(file, createPredictor(xgboostLibrary));
}

export async function evaluateScores(
  request: ScoreFileRequest,
  services: Pick<Services, 'duckdb'>,
): Promise<EvaluatedFile> {
  const { evaluateFile } = await import('../activities/evaluation/evaluate-file.ts');
  const { openTableFile } = await import('../activities/lake/table-file.ts');
  return evaluateFile({ duckdb: await services.duckdb(), openFile: openTableFile }, request);
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
