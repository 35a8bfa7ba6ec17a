import { readdirSync, readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { Client } from '@temporalio/client';
import { describe, expect, it } from 'vitest';

import { temporaryFolder } from '../testing/temporary-folder.ts';
import { activitiesOf } from './activities.ts';
import { readEnv } from './env.ts';
import { pipelines } from './pipelines.ts';
import { createServices } from './services.ts';

const HISTORIES = new URL('../workflows/histories/', import.meta.url);

/** What `trainRegisterDeploy` asks for behind a first task that refuses to go on without SageMaker. */
const BEHIND_SAGEMAKER = [
  'jobModels.collect',
  'jobs.stop',
  'serving.createEndpoint',
  'serving.createModel',
  'serving.inService',
  'serving.remove',
];

interface Scheduled {
  readonly events: readonly {
    readonly activityTaskScheduledEventAttributes?: { readonly activityType: { readonly name: string } };
  }[];
}

/** The types that its recorded runs have called. */
function calledBy(pipeline: string): string[] {
  const files = readdirSync(HISTORIES).filter((file) => /^[\d.]+-(\w+)/.exec(file)?.[1] === pipeline);
  return files.flatMap((file) => {
    const bytes = readFileSync(new URL(file, HISTORIES));
    const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
    const { events } = JSON.parse(text) as Scheduled;
    return events.flatMap((event) => event.activityTaskScheduledEventAttributes?.activityType.name ?? []);
  });
}

describe('activitiesOf', () => {
  it('serves on one machine all that an example calls, but for what SageMaker alone can do', async () => {
    const store = pathToFileURL(await temporaryFolder('activities')).href;
    const services = { ...createServices(readEnv({}), store), temporal: {} as Client };
    const served = new Set(Object.keys(await activitiesOf('control', services)));
    const examples = [...pipelines.values()].filter(({ tags }) => tags?.includes('example'));
    const called = new Set(examples.flatMap(({ name }) => calledBy(name)));
    expect([...called]).toEqual(expect.arrayContaining(['cluster.create', 'download.fetch', 'shops.sales']));
    expect([...called].filter((type) => !served.has(type)).toSorted()).toEqual(BEHIND_SAGEMAKER);
  });
});
