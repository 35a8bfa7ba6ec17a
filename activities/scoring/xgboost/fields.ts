/** Reading the fields of a parsed model: each either as it should be, or `InvalidModel` naming it. */
import { invalidModel } from './failure.ts';

export type Fields = Readonly<Record<string, unknown>>;

export function fields(value: unknown, name: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value)) {
    return value as Fields;
  }
  throw invalidModel(`'${name}' is missing: this is no model that XGBoost's save_model wrote.`);
}

export function text(from: Fields, name: string): string {
  const value = from[name];
  if (typeof value === 'string') return value;
  throw invalidModel(`'${name}' is missing or no text.`);
}

/** A whole number of at least `least`; XGBoost writes its parameters as text. */
export function integer(from: Fields, name: string, least: number): number {
  const value = Number(from[name] ?? Number.NaN);
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw invalidModel(`'${name}' is ${String(from[name])}, not a whole number of at least ${least}.`);
}

/** Numbers or booleans; `length` of them, where it is given. */
export function numbers(from: Fields, name: string, length?: number): number[] {
  const value = from[name];
  if (!Array.isArray(value) && !(ArrayBuffer.isView(value) && !(value instanceof DataView))) {
    throw invalidModel(`'${name}' is missing or no list.`);
  }
  const list = Array.from(value as ArrayLike<unknown>, (item) =>
    typeof item === 'boolean' ? Number(item) : item,
  );
  if (length !== undefined && list.length !== length) {
    throw invalidModel(`'${name}' has ${list.length} values, not ${length}.`);
  }
  if (list.every((item): item is number => typeof item === 'number')) return list;
  throw invalidModel(`'${name}' holds something that is no number.`);
}

export function integers(from: Fields, name: string, length?: number): number[] {
  const list = numbers(from, name, length);
  if (list.every(Number.isSafeInteger)) return list;
  throw invalidModel(`'${name}' holds something that is no whole number.`);
}

export function list(from: Fields, name: string): readonly unknown[] {
  const value = from[name];
  if (Array.isArray(value)) return value;
  throw invalidModel(`'${name}' is missing or no list.`);
}
