/** A task's result as the memo keeps it: JSON, and small. */
import type { RecordedError } from '../domain/run-record.ts';

export const RESULT_LIMIT = 64 * 1024;

export type CheckedResult =
  | { readonly ok: true; readonly value: unknown; readonly bytes: number }
  | { readonly ok: false; readonly error: RecordedError };

/** The value as it will come out of the memo, so that the first run sees what every rerun will see. */
export function checkedResult(label: string, value: unknown): CheckedResult {
  if (value === undefined) return { ok: true, value: undefined, bytes: 0 };
  const text = serialized(value);
  if (text === undefined) {
    return refused('ResultNotSerializable', `${label} returned what JSON can't hold: return plain data`);
  }
  const bytes = new TextEncoder().encode(text).length;
  if (bytes > RESULT_LIMIT) {
    return refused(
      'ResultTooLarge',
      `${label} returned ${bytes} bytes, more than the ${RESULT_LIMIT} a result may have: ` +
        `write the data to a table or an artefact and return its reference`,
    );
  }
  return { ok: true, value: JSON.parse(text), bytes };
}

function serialized(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

function refused(type: string, message: string): CheckedResult {
  return { ok: false, error: { type, message } };
}
