/** What a job on SageMaker needs to know of the account it runs in, and how much it may take. */
import type { Duration } from '../../../workflows/domain/duration.ts';

export interface SageMakerSettings {
  readonly region: string;
  /** ARN of the role that jobs run as; it reads the channels and writes the model. */
  readonly role: string;
  /** Of the built-in XGBoost; `image.ts` knows which may be used. */
  readonly version: string;
  /** In the order of preference: the next one is asked for where the one before has no capacity. */
  readonly instances: readonly [string, ...string[]];
  readonly volumeGb: number;
  readonly maxRuntimeSeconds: number;
  /** Spot capacity, and how long a job may wait for it and run in all; on demand without it. */
  readonly spot?: { readonly maxWaitSeconds: number };
  readonly vpc?: { readonly subnets: readonly string[]; readonly securityGroups: readonly string[] };
  /** Encrypts the volume and the model. */
  readonly kmsKeyId?: string;
  readonly tags: Readonly<Record<string, string>>;
  /** A larger archive, or a larger model in it, is refused. */
  readonly maxModelBytes: number;
  /** Between two looks at a job. */
  readonly poll: Duration;
  readonly pauses: Pauses;
}

/** Before another job is started in the place of one that has failed. */
export interface Pauses {
  readonly capacity: Duration;
  readonly quota: Duration;
  readonly internal: Duration;
}
