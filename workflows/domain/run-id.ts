/**
 * The identity of a run: `<pipeline>[.<key>]-<fire time>`, the fire time in RFC 3339, UTC, whole seconds. It is the
 * scheme by which Temporal schedules name the workflows that they start. Pipeline names hold no dot.
 */

export interface RunIdentity {
  readonly pipeline: string;
  readonly key?: string;
  readonly fireTime: string;
}

const RUN_ID = /^(?<pipeline>[^.]+?)(?:\.(?<key>.+))?-(?<fireTime>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)$/;

export function formatRunId(identity: RunIdentity): string {
  const key = identity.key === undefined ? '' : `.${identity.key}`;
  return `${identity.pipeline}${key}-${wholeSecond(identity.fireTime)}`;
}

/** `undefined` for what is no run's ID. */
export function parseRunId(run: string): RunIdentity | undefined {
  const groups = RUN_ID.exec(run)?.groups;
  if (groups?.['pipeline'] === undefined || groups['fireTime'] === undefined) return undefined;
  const { pipeline, key, fireTime } = groups;
  return { pipeline, fireTime, ...(key === undefined ? {} : { key }) };
}

/** The second that a time lies in, as fire times are written: `2026-01-31T00:00:00Z`. */
export function wholeSecond(time: string | number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}
