/** How a command ends that could not do what it was asked: what, why, and the next command; and with which code. */
import { ApplicationFailure } from '@temporalio/common';

import { Refusal } from '../refusal.ts';
import type { Output } from './output.ts';

/** 0 done; 1 the run, gate or check said no; 2 wrong usage or broken infrastructure. */
export type ExitCode = 0 | 1 | 2;

export interface Explained {
  readonly what: string;
  readonly why: readonly string[];
  readonly next: string | undefined;
}

/** A chain of causes may be a circle. */
const DEEPEST = 10;
const UNREACHABLE = /ECONNREFUSED|ENOTFOUND|UNAVAILABLE|Failed to connect|TransportError|DEADLINE_EXCEEDED/;

/** Prints to stderr, and as JSON where that was asked for. */
export function printFailure(output: Output, error: unknown): ExitCode {
  const { what, why, next } = explain(error);
  output.note(`error: ${what}`);
  for (const cause of why) output.note(`  because: ${cause}`);
  if (next !== undefined) output.note(`  next: ${next}`);
  return 2;
}

export function explain(error: unknown): Explained {
  const [first, ...causes] = chain(error);
  const what = first?.message ?? String(error);
  const why = [...new Set(causes.map(({ message }) => message))].filter((message) => message !== what);
  if (first instanceof Refusal) return { what, why, next: first.next };
  const unreachable =
    first?.name !== 'DataKeyUnavailable' &&
    [first, ...causes].some((cause) => cause !== undefined && isUnreachable(cause));
  if (unreachable) {
    return { what: 'Temporal does not answer', why: [what, ...why], next: 'assay doctor' };
  }
  return { what, why, next: nextOf([first, ...causes]) };
}

/** Activities that know what comes next say so in the details of their failure: `{ next: 'assay …' }`. */
function nextOf(errors: readonly (Error | undefined)[]): string | undefined {
  for (const error of errors) {
    const details = error instanceof ApplicationFailure ? error.details : undefined;
    for (const detail of details ?? []) {
      if (hasNext(detail)) return detail.next;
    }
  }
  return undefined;
}

function hasNext(detail: unknown): detail is { next: string } {
  return typeof detail === 'object' && detail !== null && 'next' in detail && typeof detail.next === 'string';
}

/** What is wrong with the store or with KMS says so itself. */
function isUnreachable(error: Error): boolean {
  if (error instanceof ApplicationFailure) return false;
  return UNREACHABLE.test(`${error.name} ${error.message}`);
}

function chain(error: unknown): Error[] {
  const errors: Error[] = [];
  for (let cause = error; cause instanceof Error && errors.length < DEEPEST; cause = cause.cause) {
    errors.push(cause);
  }
  return errors;
}
