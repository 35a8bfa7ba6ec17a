/**
 * Universal Binary JSON, Draft 12 (https://ubjson.org), as far as XGBoost writes it: big-endian numbers,
 * objects and arrays with or without a type and a count up front.
 */
import { invalidModel } from './failure.ts';

/** Typed arrays come as such; everything else as JSON would have it, objects without a prototype. */
export type UbjsonValue =
  | null
  | boolean
  | number
  | string
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Int32Array
  | UbjsonValue[]
  | { readonly [key: string]: UbjsonValue };

/** XGBoost's files are nine levels deep. */
const MAX_DEPTH = 64;

/** Fixed-size types: bytes of one value, and how to read a run of them. */
const NUMBERS: Readonly<Record<string, { bytes: number; read(view: DataView, at: number): number }>> = {
  i: { bytes: 1, read: (view, at) => view.getInt8(at) },
  U: { bytes: 1, read: (view, at) => view.getUint8(at) },
  I: { bytes: 2, read: (view, at) => view.getInt16(at) },
  l: { bytes: 4, read: (view, at) => view.getInt32(at) },
  L: { bytes: 8, read: (view, at) => Number(view.getBigInt64(at)) },
  d: { bytes: 4, read: (view, at) => view.getFloat32(at) },
  D: { bytes: 8, read: (view, at) => view.getFloat64(at) },
};

const TYPED_ARRAYS = {
  i: Int8Array,
  U: Uint8Array,
  I: Int16Array,
  l: Int32Array,
  d: Float32Array,
  D: Float64Array,
} as const;

/** @throws InvalidModel with the offset, for anything that is not exactly one whole value */
export function readUbjson(bytes: Uint8Array): UbjsonValue {
  const cursor = new Cursor(bytes);
  const value = readValue(cursor, cursor.marker(), 0);
  if (cursor.at !== bytes.length) throw cursor.fault('something follows the end of the model');
  return value;
}

class Cursor {
  at = 0;
  readonly view: DataView;
  private readonly bytes: Uint8Array;
  private readonly text = new TextDecoder('utf-8', { fatal: true });

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  fault(what: string): Error {
    return invalidModel(`The UBJSON is damaged at byte ${this.at}: ${what}.`);
  }

  /** Moves past `count` bytes and answers where they begin. */
  take(count: number): number {
    if (count < 0 || count > this.bytes.length - this.at) throw this.fault('the file ends too early');
    const start = this.at;
    this.at += count;
    return start;
  }

  peek(): string {
    return String.fromCharCode(this.bytes[this.at] ?? 0);
  }

  /** The next type marker; no-ops are passed over. */
  marker(): string {
    let marker = this.peek();
    while (marker === 'N') {
      this.take(1);
      marker = this.peek();
    }
    this.take(1);
    return marker;
  }

  accept(marker: string): boolean {
    if (this.peek() !== marker || this.at >= this.bytes.length) return false;
    this.at++;
    return true;
  }

  number(marker: string): number {
    const type = NUMBERS[marker];
    if (type === undefined) throw this.fault(`'${marker}' is no number`);
    return type.read(this.view, this.take(type.bytes));
  }

  length(): number {
    const length = this.number(this.marker());
    if (!Number.isSafeInteger(length) || length < 0) throw this.fault(`${length} is no length`);
    return length;
  }

  string(): string {
    const length = this.length();
    const start = this.take(length);
    try {
      return this.text.decode(this.bytes.subarray(start, start + length));
    } catch {
      throw this.fault('a text is not UTF-8');
    }
  }
}

function readValue(cursor: Cursor, marker: string, depth: number): UbjsonValue {
  if (depth > MAX_DEPTH) throw cursor.fault(`more than ${MAX_DEPTH} levels`);
  switch (marker) {
    case 'Z':
      return null;
    case 'T':
      return true;
    case 'F':
      return false;
    case 'S':
      return cursor.string();
    case 'C':
      return String.fromCharCode(cursor.view.getUint8(cursor.take(1)));
    case '[':
      return readArray(cursor, depth + 1);
    case '{':
      return readObject(cursor, depth + 1);
    default:
      return cursor.number(marker);
  }
}

/** `$` type and `#` count, both optional, after the opening of an array or object. */
function readHeader(cursor: Cursor): { type: string | undefined; count: number | undefined } {
  const type = cursor.accept('$') ? cursor.marker() : undefined;
  const count = cursor.accept('#') ? cursor.length() : undefined;
  if (type !== undefined && count === undefined) throw cursor.fault('a typed container has no count');
  return { type, count };
}

function readArray(cursor: Cursor, depth: number): UbjsonValue {
  const { type, count } = readHeader(cursor);
  if (type !== undefined && count !== undefined && type in NUMBERS) return readNumbers(cursor, type, count);
  const values: UbjsonValue[] = [];
  while (count === undefined ? !cursor.accept(']') : values.length < count) {
    values.push(readValue(cursor, type ?? cursor.marker(), depth));
    assertPlausible(cursor, values.length);
  }
  return values;
}

function readNumbers(cursor: Cursor, type: string, count: number): UbjsonValue {
  const number = NUMBERS[type]!;
  const start = cursor.take(count * number.bytes);
  const values =
    type in TYPED_ARRAYS
      ? new TYPED_ARRAYS[type as keyof typeof TYPED_ARRAYS](count)
      : Array.from<number>({ length: count });
  for (let index = 0; index < count; index++)
    values[index] = number.read(cursor.view, start + index * number.bytes);
  return values;
}

function readObject(cursor: Cursor, depth: number): UbjsonValue {
  const { type, count } = readHeader(cursor);
  const object = Object.create(null) as Record<string, UbjsonValue>;
  for (let read = 0; count === undefined ? !cursor.accept('}') : read < count; read++) {
    const key = cursor.string();
    object[key] = readValue(cursor, type ?? cursor.marker(), depth);
    assertPlausible(cursor, read);
  }
  return object;
}

/** A counted container of types without a body (`Z`, `T`, `F`) could promise for ever and never reach the end of the file. */
function assertPlausible(cursor: Cursor, values: number): void {
  if (values > cursor.view.byteLength) throw cursor.fault('a container promises more than the file can hold');
}
