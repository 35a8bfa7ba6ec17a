/** References: what `run.task` returns at once, and what comes of them. */
import type { RecordedError } from '../domain/run-record.ts';

/**
 * A task's result to be. Hand it to `after`, or await it: the value; a failed task throws its cause, a skipped one
 * skips the rest. Nothing happens to a reference that nobody awaits.
 */
export interface TaskRef<T> extends PromiseLike<T> {
  readonly name: string;
  /** Never rejects. */
  outcome(): Promise<Outcome<T>>;
}

/** What a task sees of those it comes after under a rule that runs it without their values. */
export type Outcome<T> =
  | { readonly state: 'success'; readonly value: T }
  | { readonly state: 'failed' | 'upstream_failed'; readonly error: RecordedError }
  | { readonly state: 'skipped'; readonly reason?: string }
  /** Under `one_success`, `one_failed`, `all_failed` and `always`, which need not wait for all. */
  | { readonly state: 'pending' };

export type AnyRef = TaskRef<unknown>;

export type Values<Refs extends readonly AnyRef[]> = {
  -readonly [At in keyof Refs]: Refs[At] extends TaskRef<infer T> ? T : never;
};

export type Outcomes<Refs extends readonly AnyRef[]> = {
  -readonly [At in keyof Refs]: Refs[At] extends TaskRef<infer T> ? Outcome<T> : never;
};

/** Thrown by `run.skip` and by awaiting a skipped reference; never a failure. */
export class Skipped extends Error {
  override readonly name = 'Skipped';
  readonly reason: string | undefined;

  constructor(reason?: string) {
    super(reason ?? 'skipped');
    this.reason = reason;
  }
}
