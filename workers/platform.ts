/** This machine as a platform: a Temporal server, ours or a given one, and one machine's workers on the services' store. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { startEmbedded, type Embedded } from './embedded.ts';
import { ROOT } from './env.ts';
import type { Services } from './services.ts';

export interface PlatformOptions {
  /** Told of what goes on beside the work: restarts of workers. */
  readonly note: (text: string) => void;
  /** What the workers are told besides: who trains. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** One process decides, one works: a worker that is busy or killed never stops the decisions. */
const PROCESSES = [['control'], ['data', 'training']];

export function startPlatform(
  { env, store }: Services,
  { note, variables }: PlatformOptions,
): Promise<Embedded> {
  const { temporalAddress: address, temporalCommand: command } = env;
  return startEmbedded({
    ...(address !== undefined && { address }),
    ...(command !== undefined && { command }),
    logFolder: join(ROOT, '.assay', 'logs'),
    ui: true,
    ports: 'standard',
    entry: fileURLToPath(new URL('./run.js', import.meta.url)),
    processes: PROCESSES,
    env: { ...env.variables, ...variables, ASSAY_STORE: store.uri, ASSAY_CODE_VERSION: env.codeVersion },
    note,
  });
}
