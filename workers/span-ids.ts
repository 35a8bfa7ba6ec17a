/** Which trace a span belongs to, under which span: all of it follows from the run, and nothing has to be handed on. */
import { createHash } from 'node:crypto';
import { ROOT_CONTEXT, trace, TraceFlags } from '@opentelemetry/api';
import type { Context as TraceContext, Span } from '@opentelemetry/api';
import { RandomIdGenerator, type IdGenerator } from '@opentelemetry/sdk-trace';
import type { Info } from '@temporalio/activity';

import type { RunHeader } from '../workflows/domain/run-header.ts';

/** Where a span belongs: under the span of its run, or at the top of a trace. */
export interface Place {
  readonly traceId: string;
  readonly parentId?: string;
}

export interface Ids extends IdGenerator {
  /** The span that `start` starts has these ids; one that is not given is a random one. */
  at(wanted: { traceId: string; spanId?: string }, start: () => Span): Span;
}

export function createIds(): Ids {
  const random = new RandomIdGenerator();
  let next: { traceId?: string; spanId?: string } = {};
  return {
    generateTraceId: () => next.traceId ?? random.generateTraceId(),
    generateSpanId: () => next.spanId ?? random.generateSpanId(),
    at(wanted, start) {
      next = wanted;
      try {
        return start();
      } finally {
        next = {};
      }
    },
  };
}

/** The trace of a run, all its attempts: `printf RUN | sha256sum | cut -c 1-32`. */
export function traceIdOf(run: string): string {
  return digest(run).slice(0, 32);
}

/** Of the span of an attempt. */
export function spanIdOf({ run, attempt }: RunHeader): string {
  return digest(`${run}/${attempt}`).slice(0, 16);
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** What belongs to no run, a governor's work, has a trace for each execution of its workflow. */
export function placeOf({ workflowExecution }: Info, header: RunHeader | undefined): Place {
  if (header === undefined) return { traceId: traceIdOf(workflowExecution?.runId ?? 'none') };
  return { traceId: traceIdOf(header.run), parentId: spanIdOf(header) };
}

export function contextOf({ traceId, parentId }: Place): TraceContext {
  if (parentId === undefined) return ROOT_CONTEXT;
  const parent = { traceId, spanId: parentId, traceFlags: TraceFlags.SAMPLED, isRemote: true };
  return trace.setSpanContext(ROOT_CONTEXT, parent);
}
