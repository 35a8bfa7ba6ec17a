/**
 * Traces for OpenTelemetry: a span for every execution of an activity, and one for the run when its record is
 * written. Ids follow from the run, so that workers which know nothing of one another make one trace of it. Loaded only
 * where a collector is named.
 */
import { diag, DiagLogLevel, ROOT_CONTEXT } from '@opentelemetry/api';
import type { Attributes, Span, Tracer } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { Info } from '@temporalio/activity';
import type { ActivityExecuteInput, ActivityInterceptorsFactory } from '@temporalio/worker';

import { parseActivityId, taskLabel } from '../workflows/domain/activity-id.ts';
import type { RunHeader } from '../workflows/domain/run-header.ts';
import { parseRunId } from '../workflows/domain/run-id.ts';
import type { RunRecord } from '../workflows/domain/run-record.ts';
import { runOf } from './interceptors.ts';
import { tellEnd, tellFailure, type FailureOptions } from './span-failures.ts';
import { contextOf, createIds, placeOf, spanIdOf, traceIdOf, type Ids } from './span-ids.ts';

export interface TracingOptions extends FailureOptions {
  /** Where spans are posted to: `http://collector:4318/v1/traces`. */
  readonly url: string;
  readonly environment: string;
  readonly codeVersion: string;
  /** Told when spans could not be sent. */
  readonly warn: (text: string) => void;
}

export interface Tracing {
  /** Outside of the secret guard, and within what wraps errors. */
  readonly interceptors: ActivityInterceptorsFactory;
  /** Sends what there is. A collector that does not answer costs a few seconds and the spans, never the work. */
  stop(): Promise<void>;
}

/** Milliseconds for sending a batch, repetitions included: the last one must not outlast the grace at SIGTERM. */
const SEND_WITHIN = 3000;
/** Who closes runs: its input is the run's record. */
const CLOSE = 'ledger.close';

export function startTracing(options: TracingOptions): Tracing {
  diag.setLogger(warnings(options.warn), { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  const ids = createIds();
  // Headers, certificates and compression it takes from `OTEL_EXPORTER_OTLP_*` by itself.
  const exporter = new OTLPTraceExporter({ url: options.url, timeoutMillis: SEND_WITHIN });
  const provider = new TracerProvider({
    resource: resourceOf(options),
    idGenerator: ids,
    spanProcessors: [new BatchSpanProcessor({ exporter, exportTimeoutMillis: SEND_WITHIN })],
  });
  const tracer = provider.getTracer('assay', options.codeVersion);
  return {
    interceptors: ({ info }) => ({
      inbound: {
        async execute(input, next) {
          const span = startTry(tracer, ids, info, input);
          try {
            const result = await next(input);
            if (info.activityType === CLOSE) tellRun(tracer, ids, input, options);
            return result;
          } catch (error) {
            tellEnd(span, error, options);
            throw error;
          } finally {
            span.end();
          }
        },
      },
    }),
    async stop() {
      try {
        await provider.shutdown();
      } catch (error) {
        options.warn(`the last spans could not be sent: ${String(error)}`);
      }
    },
  };
}

function startTry(tracer: Tracer, ids: Ids, info: Info, input: ActivityExecuteInput): Span {
  const header = runOf(info, input);
  const task = parseActivityId(info.activityId);
  const name = task === undefined ? info.activityType : `${task.task} ${info.activityType}`;
  const attributes: Attributes = {
    ...(header !== undefined && runAttributes(header, info.workflowType)),
    ...(task !== undefined && {
      'assay.task': taskLabel(task.task, task.index),
      'assay.try': task.try,
    }),
    'temporal.activity.type': info.activityType,
    'temporal.activity.attempt': info.attempt,
    'temporal.task_queue': info.taskQueue,
    'temporal.workflow.id': info.workflowExecution?.workflowId,
    'temporal.workflow.run_id': info.workflowExecution?.runId,
  };
  const place = placeOf(info, header);
  return ids.at({ traceId: place.traceId }, () => tracer.startSpan(name, { attributes }, contextOf(place)));
}

/** The span that all others of an attempt have as their parent: from its record, once that has been written. */
function tellRun(tracer: Tracer, ids: Ids, { args }: ActivityExecuteInput, options: TracingOptions): void {
  const [{ record }] = args as [{ record: RunRecord }];
  const { run, attempt, pipeline, state, startedAt, endedAt, error } = record;
  const span = ids.at({ traceId: traceIdOf(run), spanId: spanIdOf(record) }, () => {
    const attributes = { ...runAttributes({ run, attempt }, pipeline), 'assay.state': state };
    return tracer.startSpan(pipeline, { attributes, startTime: new Date(startedAt) }, ROOT_CONTEXT);
  });
  if (state === 'failed') tellFailure(span, error ?? { type: 'RunFailed', message: '' }, options);
  span.end(endedAt === undefined ? undefined : new Date(endedAt));
}

function runAttributes({ run, attempt }: RunHeader, otherwise: string | undefined): Attributes {
  return {
    'assay.run': run,
    'assay.attempt': attempt,
    'assay.pipeline': parseRunId(run)?.pipeline ?? otherwise,
  };
}

/** `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` have the last word. */
function resourceOf({ environment, codeVersion }: TracingOptions): ReturnType<typeof defaultResource> {
  const own = resourceFromAttributes({
    'service.name': 'assay',
    'service.version': codeVersion,
    'deployment.environment.name': environment,
  });
  return defaultResource()
    .merge(own)
    .merge(detectResources({ detectors: [envDetector] }));
}

function warnings(warn: (text: string) => void): Parameters<typeof diag.setLogger>[0] {
  const tell = (text: string): void => warn(`spans: ${text}`);
  const nothing = (): void => undefined;
  return { error: tell, warn: tell, info: nothing, debug: nothing, verbose: nothing };
}
