/** The story of the months told for a test: on a server, workers and a store of its own. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { tellStory, type Batch, type Story } from '../../clients/demo/story.ts';
import { intervalOf } from '../../pipelines/readmission/calendar.ts';
import { generateMonths, type SampleOptions } from '../../pipelines/readmission/generator.ts';
import { keepHistories } from '../../scripts/histories.mjs';
import { startEmbedded, type Embedded } from '../embedded.ts';
import { readEnv } from '../env.ts';
import { createServices, type Services } from '../services.ts';

/** It runs the compiled code: whoever tells builds first. */
const WORKER = fileURLToPath(new URL('./brief-worker.mjs', import.meta.url));

export const CONTROL = 'control';
export const WORK = 'data,training';

export interface Telling {
  /** On the store that the story has left. */
  readonly services: Services;
  /** What the supervisor said: the restarts. */
  readonly notes: readonly string[];
  readonly months: Awaited<ReturnType<typeof tellStory>>['months'];
}

/** What a test does meanwhile; `over` is aborted when the story is told, or has failed. */
type Meanwhile = (embedded: Embedded, services: Services, over: AbortSignal) => Promise<void>;

/** The history at once, then month by month. */
export async function makeBatches(folder: string, sample: SampleOptions): Promise<Batch[]> {
  const files = await generateMonths(folder, sample);
  const parts = [sample.history.months, ...sample.live.months.map((month) => [month])];
  return parts.map((months) => ({
    interval: intervalOf(months),
    files: Object.fromEntries(
      files
        .filter(({ month }) => months.includes(month))
        .map(({ month, file }) => [`${month}/rows.csv.gz`, file]),
    ),
  }));
}

/** @param folder gets the logs, and the store unless the variables name one */
export async function tell(
  folder: string,
  batches: Story['batches'],
  variables: Readonly<Record<string, string>> = {},
  meanwhile: Meanwhile = async () => undefined,
): Promise<Telling> {
  await mkdir(folder, { recursive: true });
  const store = variables['ASSAY_STORE'] ?? join(folder, 'store');
  const env = { ...process.env, ASSAY_STORE: store, ...variables };
  const services = createServices(readEnv(env), store);
  const notes: string[] = [];
  const embedded = await startEmbedded({
    command: process.env['ASSAY_TEMPORAL_BIN'] ?? 'temporal',
    entry: WORKER,
    processes: [[CONTROL], WORK.split(',')],
    env,
    logFolder: join(folder, 'logs'),
    ui: false,
    ports: 'any',
    note: (text) => notes.push(text),
  });
  try {
    const here = { ...services, client: () => services.clientAt(embedded.address) };
    const story = { project: 'readmission', model: 'readmission', batches };
    const over = new AbortController();
    const [{ months }] = await Promise.all([
      tellStory(here, story, () => undefined).finally(() => over.abort()),
      meanwhile(embedded, services, over.signal),
    ]);
    await keepHistories(embedded.address);
    return { services, notes, months };
  } finally {
    await services.close();
    await embedded.stop();
  }
}
