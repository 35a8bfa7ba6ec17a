/** How a span says that what it tells of has failed. */
import { SpanStatusCode, type Span } from '@opentelemetry/api';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';

import type { RecordedError } from '../workflows/domain/run-record.ts';
import { NOT_YET } from '../workflows/domain/tries.ts';

export interface FailureOptions {
  readonly redact: (text: string) => string;
  /** Messages of failures may name keys of rows: where payloads are encrypted, the type of a failure has to do. */
  readonly messages: boolean;
}

type Failure = Pick<RecordedError, 'type' | 'message'>;

/** Who was cancelled, or has looked and found nothing yet, has not failed. */
export function tellEnd(span: Span, error: unknown, options: FailureOptions): void {
  if (error instanceof CancelledFailure) span.setAttribute('assay.outcome', 'cancelled');
  else if (error instanceof ApplicationFailure && error.type === NOT_YET)
    span.setAttribute('assay.outcome', 'not_yet');
  else tellFailure(span, asRecorded(error), options);
}

function asRecorded(error: unknown): Failure {
  if (!(error instanceof Error)) return { type: 'Error', message: String(error) };
  const type = error instanceof ApplicationFailure ? error.type : undefined;
  return { type: type ?? error.name, message: error.message };
}

export function tellFailure(
  span: Span,
  { type, message }: Failure,
  { redact, messages }: FailureOptions,
): void {
  const told = messages ? redact(message) : undefined;
  span.addEvent('exception', {
    'exception.type': type,
    ...(told !== undefined && { 'exception.message': told }),
  });
  span.setStatus({ code: SpanStatusCode.ERROR, message: told ?? type });
}
