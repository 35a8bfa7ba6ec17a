/** JSON values as UBJSON, in each of the forms that the reader must understand. */

export interface Form {
  /** `#` with the count, where a container may do without. */
  readonly counted: boolean;
  /** `$d#…` for lists of numbers. */
  readonly typed: boolean;
}

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export function writeUbjson(value: Json, form: Form): Uint8Array {
  return Buffer.concat([...parts(value, form)]);
}

function* parts(value: Json, form: Form): Generator<Uint8Array> {
  if (value === null) yield mark('Z');
  else if (typeof value === 'boolean') yield mark(value ? 'T' : 'F');
  else if (typeof value === 'number') yield* number(value);
  else if (typeof value === 'string') yield* [mark('S'), ...text(value)];
  else if (Array.isArray(value)) yield* array(value, form);
  else yield* object(value, form);
}

function* number(value: number): Generator<Uint8Array> {
  if (Number.isInteger(value) && !Object.is(value, -0) && Math.abs(value) < 2 ** 31) {
    yield* [mark('l'), bytes(4, (view) => view.setInt32(0, value))];
  } else yield* [mark('D'), double(value)];
}

function* array(values: readonly Json[], form: Form): Generator<Uint8Array> {
  if (form.typed && values.length > 0 && values.every((value) => typeof value === 'number')) {
    yield* [mark('[$D#'), ...length(values.length), ...values.map(double)];
    return;
  }
  yield mark('[');
  if (form.counted) yield* [mark('#'), ...length(values.length)];
  for (const value of values) yield* parts(value, form);
  if (!form.counted) yield mark(']');
}

function* object(value: { [key: string]: Json }, form: Form): Generator<Uint8Array> {
  const entries = Object.entries(value);
  yield mark('{');
  if (form.counted) yield* [mark('#'), ...length(entries.length)];
  for (const [key, item] of entries) yield* [...text(key), ...parts(item, form)];
  if (!form.counted) yield mark('}');
}

function text(value: string): Uint8Array[] {
  const encoded = Buffer.from(value);
  return [...length(encoded.length), encoded];
}

function length(value: number): Uint8Array[] {
  return [mark('L'), bytes(8, (view) => view.setBigInt64(0, BigInt(value)))];
}

function mark(marker: string): Uint8Array {
  return Buffer.from(marker, 'latin1');
}

function double(value: number): Uint8Array {
  return bytes(8, (view) => view.setFloat64(0, value));
}

function bytes(count: number, write: (view: DataView) => void): Uint8Array {
  const out = new Uint8Array(count);
  write(new DataView(out.buffer));
  return out;
}
