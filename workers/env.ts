/** The one place that reads the environment: once, through a schema, and with every problem named at once. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { z } from 'zod';

import type { CodecAccess } from './encryption/codec-access.ts';
import type { LogFormat } from './logger.ts';

/** The clone, or the folder of the installed package: parent of `dist/`. */
export const ROOT = fileURLToPath(
  new URL(import.meta.url.includes('/dist/') ? '../../' : '../', import.meta.url),
);

const blankIsUnset = (value: unknown): unknown => (value === '' ? undefined : value);
const optional = z.preprocess(blankIsUnset, z.string().optional());
const address = z.preprocess(blankIsUnset, z.url({ protocol: /^https?$/ }).optional());

const Environment = z.object({
  ASSAY_ENV: z.preprocess(
    blankIsUnset,
    z.enum(['development', 'staging', 'production']).default('development'),
  ),
  /** A folder, a `file://` address or `s3://bucket/prefix`. */
  ASSAY_STORE: optional,
  /** A store of its own for `registry/`, so that models have a bucket with other rights; by default the store's. */
  ASSAY_REGISTRY_STORE: optional,
  /** Path-style addresses for S3; by default with an endpoint of one's own and not with AWS. */
  ASSAY_S3_PATH_STYLE: z.preprocess(blankIsUnset, z.enum(['true', 'false']).optional()),
  /** Key of KMS that encrypts what is written to S3; by default as the bucket says. */
  ASSAY_S3_KMS_KEY: optional,
  /** Where objects of S3 are staged for DuckDB and ONNX Runtime, and how many megabytes of them. */
  ASSAY_STAGE_FOLDER: optional,
  ASSAY_STAGE_MB: z.preprocess(blankIsUnset, z.coerce.number().int().positive().default(10_240)),
  /** Of S3, as the AWS SDK calls them. Credentials it finds by itself. */
  AWS_REGION: optional,
  AWS_ENDPOINT_URL: optional,
  AWS_ENDPOINT_URL_S3: optional,
  /** XGBoost's C library; the set-up writes it into `.assay/parts.json`, `bin/assay` passes it on. */
  ASSAY_XGBOOST: optional,
  /** Who trains, over what temporal.config.ts says of this environment. */
  ASSAY_TRAINER: z.preprocess(blankIsUnset, z.enum(['local', 'sagemaker']).optional()),
  /** Another SageMaker than AWS's own. */
  ASSAY_SAGEMAKER_ENDPOINT: optional,
  /** ARN of the role that training jobs run as. */
  ASSAY_SAGEMAKER_ROLE: optional,
  /** With commas between them. */
  ASSAY_SAGEMAKER_SUBNETS: optional,
  ASSAY_SAGEMAKER_SECURITY_GROUPS: optional,
  /** Key of KMS that encrypts volumes and models of jobs. */
  ASSAY_SAGEMAKER_KMS_KEY: optional,
  /** Versions stand in a model package group too. */
  ASSAY_SAGEMAKER_MODEL_PACKAGES: z.preprocess(blankIsUnset, z.enum(['true', 'false']).optional()),
  /** Lets tests and parallel installations share one server: queues become `control<suffix>` and so on. */
  ASSAY_QUEUE_SUFFIX: z.preprocess(
    blankIsUnset,
    z
      .string()
      .regex(/^[\w.@-]*$/)
      .default(''),
  ),
  /** Path of the `temporal` command; the set-up passes it on. */
  ASSAY_TEMPORAL_BIN: optional,
  /** By default the digest of the sources that the build was made from. */
  ASSAY_CODE_VERSION: optional,
  /**
   * `pinned`: runs stay with workers of the code they began with, which are kept until these have ended.
   * `upgrade`: they go on in newer code as soon as there are workers of it. `none`: new workers take the place of the old.
   */
  ASSAY_VERSIONING: z.preprocess(blankIsUnset, z.enum(['none', 'pinned', 'upgrade']).default('none')),
  /** Keys that payloads are encrypted with: see workers/encryption/key-ring.ts. */
  ASSAY_ENCRYPTION_KEYS: optional,
  /** Address of the queue of SQS that events from outside come by; without one nobody listens. */
  ASSAY_EVENTS_QUEUE: optional,
  /** Whom the codec server answers: holders of a token, or those whom an identity provider vouches for. */
  ASSAY_CODEC_TOKEN: optional,
  ASSAY_CODEC_ISSUER: optional,
  ASSAY_CODEC_AUDIENCE: optional,
  /** Of the latter only these, by the `sub` of their tokens, with commas between them; without it all of them. */
  ASSAY_CODEC_SUBJECTS: optional,
  /** Where a worker answers `/healthz`, `/readyz` and `/metrics`; without it it does not. */
  ASSAY_HEALTH_PORT: z.preprocess(blankIsUnset, z.coerce.number().int().min(0).max(65_535).optional()),
  /** By default lines of JSON wherever it is not development. */
  ASSAY_LOG: z.preprocess(blankIsUnset, z.enum(['text', 'json']).optional()),
  /** The name under which figures for alarms and autoscaling are published; without it they are not. */
  ASSAY_CLOUDWATCH: optional,
  AWS_ENDPOINT_URL_CLOUDWATCH: optional,
  /** Where traces go, as OpenTelemetry calls it: the root of a collector, or the address for traces alone; nowhere without. */
  OTEL_EXPORTER_OTLP_ENDPOINT: address,
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: address,
  /** Of a task on Amazon ECS, set by its agent. */
  ECS_AGENT_URI: optional,
  ECS_CONTAINER_METADATA_URI_V4: optional,
  TEMPORAL_ADDRESS: optional,
  TEMPORAL_NAMESPACE: optional,
  USER: optional,
});

export interface S3Env {
  /** By default the SDK's own: of the profile, or none. */
  readonly region: string | undefined;
  /** Of a server other than AWS's own. */
  readonly endpoint: string | undefined;
  readonly pathStyle: boolean;
  readonly kmsKeyId: string | undefined;
  readonly stageFolder: string;
  readonly stageBytes: number;
}

/** What belongs to the account that jobs run in. */
export interface SageMakerEnv {
  readonly region: string | undefined;
  readonly endpoint: string | undefined;
  readonly role: string | undefined;
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
  readonly kmsKeyId: string | undefined;
  readonly modelPackages: boolean | undefined;
}

export interface Env {
  readonly environment: 'development' | 'staging' | 'production';
  readonly storeUri: string | undefined;
  readonly registryStoreUri: string | undefined;
  readonly s3: S3Env;
  readonly xgboostLibrary: string | undefined;
  /** A ring of keys as JSON. */
  readonly encryptionKeys: string | undefined;
  readonly codecAccess: CodecAccess;
  readonly healthPort: number | undefined;
  readonly logFormat: LogFormat;
  readonly cloudWatch: { readonly environment: string | undefined; readonly endpoint: string | undefined };
  /** Where spans are posted to. */
  readonly tracesUrl: string | undefined;
  readonly ecs: { readonly agentUri: string | undefined; readonly metadataUri: string | undefined };
  readonly trainer: 'local' | 'sagemaker' | undefined;
  readonly sagemaker: SageMakerEnv;
  /** Address of a queue of SQS. */
  readonly eventsQueue: string | undefined;
  readonly queueSuffix: string;
  readonly codeVersion: string;
  readonly versioning: 'none' | 'pinned' | 'upgrade';
  readonly temporalCommand: string | undefined;
  readonly temporalAddress: string | undefined;
  readonly temporalNamespace: string | undefined;
  readonly user: string;
  /** All of it, for child processes to inherit. */
  readonly variables: Readonly<Record<string, string | undefined>>;
}

/** @throws Error naming every variable that is wrong, and how. */
export function readEnv(variables: Readonly<Record<string, string | undefined>> = process.env): Env {
  const parsed = Environment.safeParse(variables);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
    throw new Error(`The environment is not usable:\n${problems.join('\n')}`);
  }
  const value = parsed.data;
  return {
    environment: value.ASSAY_ENV,
    storeUri: value.ASSAY_STORE,
    registryStoreUri: value.ASSAY_REGISTRY_STORE,
    s3: s3Env(value),
    xgboostLibrary: value.ASSAY_XGBOOST,
    encryptionKeys: value.ASSAY_ENCRYPTION_KEYS,
    codecAccess: codecAccess(value),
    healthPort: value.ASSAY_HEALTH_PORT,
    cloudWatch: {
      environment: value.ASSAY_CLOUDWATCH,
      endpoint: value.AWS_ENDPOINT_URL_CLOUDWATCH ?? value.AWS_ENDPOINT_URL,
    },
    logFormat: value.ASSAY_LOG ?? (value.ASSAY_ENV === 'development' ? 'text' : 'json'),
    tracesUrl: tracesUrl(value),
    ecs: { agentUri: value.ECS_AGENT_URI, metadataUri: value.ECS_CONTAINER_METADATA_URI_V4 },
    trainer: value.ASSAY_TRAINER,
    sagemaker: sageMakerEnv(value),
    eventsQueue: value.ASSAY_EVENTS_QUEUE,
    queueSuffix: value.ASSAY_QUEUE_SUFFIX,
    codeVersion: value.ASSAY_CODE_VERSION ?? builtFrom(),
    versioning: value.ASSAY_VERSIONING,
    temporalCommand: value.ASSAY_TEMPORAL_BIN,
    temporalAddress: value.TEMPORAL_ADDRESS,
    temporalNamespace: value.TEMPORAL_NAMESPACE,
    user: value.USER ?? 'unknown',
    variables,
  };
}

/** As OpenTelemetry's specification of exporters says: the path is added to the root alone. */
function tracesUrl({
  OTEL_EXPORTER_OTLP_ENDPOINT: root,
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: own,
}: z.infer<typeof Environment>): string | undefined {
  return own ?? (root === undefined ? undefined : `${root.replace(/\/$/, '')}/v1/traces`);
}

function codecAccess({
  ASSAY_CODEC_TOKEN: token,
  ASSAY_CODEC_ISSUER: issuer,
  ASSAY_CODEC_AUDIENCE: audience,
  ASSAY_CODEC_SUBJECTS: subjects,
}: z.infer<typeof Environment>): CodecAccess {
  return {
    ...(token !== undefined && { token }),
    ...(issuer !== undefined &&
      audience !== undefined && { oidc: { issuer, audience, subjects: listOf(subjects) } }),
  };
}

function s3Env(value: z.infer<typeof Environment>): S3Env {
  const endpoint = value.AWS_ENDPOINT_URL_S3 ?? value.AWS_ENDPOINT_URL;
  const { ASSAY_S3_PATH_STYLE: pathStyle } = value;
  return {
    // Servers other than AWS's have no regions, but requests are signed for one.
    region: value.AWS_REGION ?? (endpoint === undefined ? undefined : 'us-east-1'),
    endpoint,
    pathStyle: pathStyle === undefined ? endpoint !== undefined : pathStyle === 'true',
    kmsKeyId: value.ASSAY_S3_KMS_KEY,
    stageFolder: value.ASSAY_STAGE_FOLDER ?? join(ROOT, '.assay', 'stage'),
    stageBytes: value.ASSAY_STAGE_MB * 1024 * 1024,
  };
}

function sageMakerEnv(value: z.infer<typeof Environment>): SageMakerEnv {
  const endpoint = value.ASSAY_SAGEMAKER_ENDPOINT;
  return {
    region: value.AWS_REGION ?? (endpoint === undefined ? undefined : 'us-east-1'),
    endpoint,
    role: value.ASSAY_SAGEMAKER_ROLE,
    subnets: listOf(value.ASSAY_SAGEMAKER_SUBNETS),
    securityGroups: listOf(value.ASSAY_SAGEMAKER_SECURITY_GROUPS),
    kmsKeyId: value.ASSAY_SAGEMAKER_KMS_KEY,
    modelPackages: value.ASSAY_SAGEMAKER_MODEL_PACKAGES && value.ASSAY_SAGEMAKER_MODEL_PACKAGES === 'true',
  };
}

function listOf(text = ''): string[] {
  return text.split(',').filter((name) => name !== '');
}

/** `./folder`, `/folder` and `file:///folder` all mean the same store. */
export function storeUri(given: string): string {
  return /^\w+:\/\//.test(given) ? given : pathToFileURL(resolve(given)).href;
}

function builtFrom(): string {
  const stamp = join(ROOT, 'dist', '.built-from');
  return existsSync(stamp) ? readFileSync(stamp, 'utf8').trim().slice(0, 12) : 'unbuilt';
}
