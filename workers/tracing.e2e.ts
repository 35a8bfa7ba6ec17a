/** Runs on two workers that know nothing of one another, and what a collector gets from both. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createEnvironmentSecrets } from '../activities/secrets/environment.ts';
import { createSecrets } from '../activities/secrets/secrets.ts';
import { startKit, type Kit } from '../workflows/engine/testing/kit.ts';
import { branches, diamond, patient } from '../workflows/engine/testing/pipelines.ts';
import { createProbe } from '../workflows/engine/testing/probe.ts';
import { createActivityInterceptors } from './interceptors.ts';
import { createSecretGuard } from './secret-guard.ts';
import { traceIdOf } from './span-ids.ts';
import { startCollector, type Collector, type ReceivedSpan } from './testing/collector.ts';
import { startTracing } from './tracing.ts';

const FIRE_TIME = '2026-03-01T00:00:00Z';
const PASSWORD = 'correct-horse-battery';
const PARAM = 'word-of-a-patient';
const ROW = 'row-of-a-patient';

const secrets = createSecrets({
  sources: [createEnvironmentSecrets({ ASSAY_SECRET_DATABASE: PASSWORD })],
});
const probe = createProbe();
let collector: Collector;

const of = (run: string, ...names: string[]): ReceivedSpan[] =>
  collector
    .spans()
    .filter(({ attributes }) => attributes['assay.run'] === `${run}-${FIRE_TIME}`)
    .filter(({ name }) => names.length === 0 || names.includes(name));

/** The first activity of `diamond` resolves a secret, and tells it to everybody. */
const activities = {
  ...probe.activities,
  'probe.echo': async (value: unknown) => {
    if (value !== PARAM) return ROW;
    return secrets.use({ password: 'secret://database' }, async ({ password }) => {
      throw new Error(`refused: ${password}`);
    });
  },
};

async function traced(kit: Kit, buildId: string): Promise<() => Promise<void>> {
  const tracing = startTracing({
    url: `${collector.address}/v1/traces`,
    environment: 'staging',
    codeVersion: 'abc123',
    redact: secrets.redact,
    messages: true,
    warn: (text) => expect.fail(text),
  });
  const ours = createActivityInterceptors({ store: kit.store, redact: secrets.redact });
  const activity = [ours, tracing.interceptors, createSecretGuard(secrets.redact)];
  // Two of one build would not be let onto one queue from one process.
  const version = { deploymentName: 'traced', buildId };
  const workerDeploymentOptions = { version, useWorkerVersioning: false } as const;
  const stop = await kit.addWorker({ interceptors: { activity }, workerDeploymentOptions });
  return async () => {
    await stop();
    await tracing.stop();
  };
}

describe('startTracing', () => {
  beforeAll(async () => {
    collector = await startCollector();
    const kit = await startKit({
      pipelines: [branches, diamond, patient],
      activities,
      secrets,
      worker: false,
    });
    const stops = [await traced(kit, 'one'), await traced(kit, 'two')];
    probe.fail('bad', { type: 'StoreUnavailable', permanent: false });
    probe.fail('fetch', { type: 'RateLimited' }, { type: 'RateLimited' });
    await kit.execute(branches, { fireTime: FIRE_TIME });
    await kit.execute(patient, { fireTime: FIRE_TIME });
    // That it fails is seen in its spans.
    await kit.execute(diamond, { fireTime: FIRE_TIME, params: { word: PARAM } }).catch(() => undefined);
    // What is still to be sent goes with the end of a worker, well before the next regular sending.
    await Promise.all(stops.map((stop) => stop()));
    await kit.stop();
  });
  afterAll(() => collector.stop());

  it('makes one trace of all tries of all tasks of a run, under the span of the run', () => {
    const tries = of('branches').filter(({ attributes }) => attributes['assay.task'] !== undefined);
    const tasks = new Set(tries.map(({ attributes }) => attributes['assay.task']));
    expect(tasks).toEqual(new Set(['after-good', 'bad', 'good', 'optional']));
    const [run] = of('branches', 'branches');
    expect(run).toMatchObject({
      traceId: traceIdOf(`branches-${FIRE_TIME}`),
      parentSpanId: undefined,
      attributes: { 'assay.pipeline': 'branches', 'assay.attempt': 1, 'assay.state': 'success' },
    });
    expect(new Set(tries.map(({ traceId }) => traceId))).toEqual(new Set([run?.traceId]));
    expect(new Set(tries.map(({ parentSpanId }) => parentSpanId))).toEqual(new Set([run?.spanId]));
    expect(new Set(tries.map(({ spanId }) => spanId)).size).toBe(tries.length);
  });

  it('tells what was tried by the task from what was repeated by the infrastructure', () => {
    // Try, repetition, status.
    const counted = (spans: ReceivedSpan[]): Set<string> =>
      new Set(
        spans.map(({ attributes: told, status }) =>
          [told['assay.try'], told['temporal.activity.attempt'], status.code].join(' '),
        ),
      );
    expect(counted(of('branches', 'bad probe.flaky'))).toEqual(new Set(['1 1 2', '1 2 0']));
    expect(counted(of('patient', 'fetch probe.flaky'))).toEqual(new Set(['1 1 2', '2 1 2', '3 1 0']));
  });

  it('says of a failure its type and message, at the try and at the run', () => {
    const first = of('patient', 'fetch probe.flaky').find(({ attributes }) => attributes['assay.try'] === 1);
    expect(first).toMatchObject({
      status: { code: 2, message: 'fetch went wrong' },
      exceptions: [{ 'exception.type': 'RateLimited', 'exception.message': 'fetch went wrong' }],
    });
    const [run] = of('diamond', 'diamond');
    expect(run).toMatchObject({ attributes: { 'assay.state': 'failed' }, status: { code: 2 } });
  });

  it('tells no secrets, no params and no rows', () => {
    const [failed] = of('diamond', 'start probe.echo');
    expect(failed?.status).toEqual({ code: 2, message: 'refused: secret://database' });
    const all = collector.bodies.join('\n');
    for (const hidden of [PASSWORD, PARAM, ROW]) expect(all).not.toContain(hidden);
  });

  it('covers the tries of a run with the span of the run', () => {
    const [run] = of('patient', 'patient');
    const tries = of('patient', 'fetch probe.flaky');
    expect(run?.seconds).toBeGreaterThanOrEqual(tries.reduce((sum, { seconds }) => sum + seconds, 0));
  });

  it('says where the spans come from', () => {
    const [span] = of('patient');
    expect(span).toMatchObject({
      resource: {
        'service.name': 'assay',
        'service.version': 'abc123',
        'deployment.environment.name': 'staging',
      },
      attributes: { 'temporal.task_queue': expect.stringMatching(/^control-/) },
    });
  });
});
