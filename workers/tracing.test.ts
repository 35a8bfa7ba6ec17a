import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { afterEach, describe, expect, it } from 'vitest';

import { NOT_YET } from '../workflows/domain/tries.ts';
import { readEnv } from './env.ts';
import { traceIdOf } from './span-ids.ts';
import { startCollector, type Collector, type ReceivedSpan } from './testing/collector.ts';
import { startTracing, type TracingOptions } from './tracing.ts';

/** Failures are wanted here, and the SDK would print each. */
const logger = new DefaultLogger('ERROR');
const RUN = 'medallion-2026-02-01T00:00:00Z';
const refused = ApplicationFailure.nonRetryable('encounter 4711 has no age', 'ContractFailed');

let collector: Collector;

/** One execution of an activity, and what the collector has got of it when the worker has stopped. */
async function traced(
  activity: () => Promise<unknown>,
  options: Partial<TracingOptions> = {},
  workflowId = RUN,
): Promise<ReceivedSpan[]> {
  const tracing = startTracing({
    url: `${collector.address}/v1/traces`,
    environment: 'development',
    codeVersion: 'abc123',
    redact: (text) => text,
    messages: true,
    warn: (text) => expect.fail(text),
    ...options,
  });
  const info = {
    activityId: 'silver/1/3',
    activityType: 'lake.refine',
    workflowExecution: { workflowId, runId: 'of-temporal' },
  };
  const environment = new MockActivityEnvironment(info, { interceptors: [tracing.interceptors], logger });
  await environment.run(activity).catch(() => undefined);
  await tracing.stop();
  return collector.spans();
}

describe('startTracing', () => {
  afterEach(() => collector.stop());

  it('leaves messages of failures out where payloads are encrypted', async () => {
    collector = await startCollector();
    const [span] = await traced(() => Promise.reject(refused), { messages: false });
    expect(span?.status).toEqual({ code: 2, message: 'ContractFailed' });
    expect(collector.bodies.join('')).not.toContain('4711');
  });

  it('calls it no failure to be cancelled, or to have found nothing yet', async () => {
    collector = await startCollector();
    await traced(() => Promise.reject(new CancelledFailure('stopped')));
    await traced(() => Promise.reject(ApplicationFailure.retryable('no file yet', NOT_YET)));
    expect(
      collector.spans().map(({ status, attributes }) => [status.code, attributes['assay.outcome']]),
    ).toEqual([
      [0, 'cancelled'],
      [0, 'not_yet'],
    ]);
  });

  it('gives what belongs to no run a trace for each execution of its workflow', async () => {
    collector = await startCollector();
    const [span] = await traced(async () => 'done', {}, 'governor-readmission');
    expect(span).toMatchObject({ traceId: traceIdOf('of-temporal'), parentSpanId: undefined });
    expect(span?.attributes['assay.run']).toBeUndefined();
  });

  it('lets a worker end although its collector is silent, and says what is lost', async () => {
    collector = await startCollector(false);
    const said: string[] = [];
    await traced(async () => 'done', { warn: (text) => said.push(text) });
    expect(collector.bodies).toHaveLength(1);
    expect(said.join('\n')).toMatch(/span/i);
  });
});

describe('readEnv', () => {
  const url = (variables: Record<string, string>): string | undefined => readEnv(variables).tracesUrl;

  it('sends traces nowhere unless a collector is named', async () => {
    expect(url({})).toBeUndefined();
    expect(url({ OTEL_EXPORTER_OTLP_ENDPOINT: '' })).toBeUndefined();
  });

  it('adds the path to the root of a collector, and nothing to the address for traces', async () => {
    const root = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318/' };
    expect(url(root)).toBe('http://collector:4318/v1/traces');
    const own = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://traces.example/in' };
    expect(url({ ...root, ...own })).toBe('https://traces.example/in');
  });

  it('refuses an address that nothing can be posted to', async () => {
    expect(() => url({ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' })).toThrow(
      'OTEL_EXPORTER_OTLP_ENDPOINT',
    );
  });
});
