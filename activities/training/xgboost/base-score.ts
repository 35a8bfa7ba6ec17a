/** The base score of an XGBoost file in UBJSON: read, and replaced with nothing else touched. */
import { ApplicationFailure } from '@temporalio/common';

/** Text of a number, in brackets since 3.1. */
const NUMBER = /^(\[?)([0-9.eE+-]+)(\]?)$/;
const KEY = 'base_score';
const TEXT = 0x53;
const LONG = 0x4c;
/** Bytes of a length by its type. */
const LENGTHS: Readonly<Record<string, number>> = { i: 1, U: 1, I: 2, l: 4, L: 8 };

interface Found {
  readonly value: number;
  /** Of the value with its type and length. */
  readonly start: number;
  readonly end: number;
  readonly brackets: readonly [string, string];
}

/** A probability, for a binary objective. @throws InvalidModel */
export function readBaseScore(file: Uint8Array): number {
  return find(file).value;
}

/** @throws InvalidModel */
export function withBaseScore(file: Uint8Array, value: number): Uint8Array {
  const { start, end, brackets } = find(file);
  const text = new TextEncoder().encode(`${brackets[0]}${Math.fround(value)}${brackets[1]}`);
  const header = new Uint8Array(10);
  header.set([TEXT, LONG]);
  new DataView(header.buffer).setBigInt64(2, BigInt(text.length));
  return Buffer.concat([file.subarray(0, start), header, text, file.subarray(end)]);
}

function find(file: Uint8Array): Found {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const key = bytes.indexOf(KEY);
  const start = key + KEY.length;
  const width = LENGTHS[String.fromCharCode(bytes[start + 1] ?? 0)];
  if (key < 0 || bytes.indexOf(KEY, start) >= 0 || bytes[start] !== TEXT || width === undefined) {
    throw invalid('it does not have one base score');
  }
  const length = width === 8 ? Number(bytes.readBigInt64BE(start + 2)) : bytes.readUIntBE(start + 2, width);
  const end = start + 2 + width + length;
  const text = bytes.toString('utf8', start + 2 + width, end);
  const [, opening = '', digits = '', closing = ''] = NUMBER.exec(text) ?? [];
  const value = Number(digits);
  if (digits === '' || !Number.isFinite(value)) throw invalid(`its base score is "${text}"`);
  return { value, start, end, brackets: [opening, closing] };
}

function invalid(reason: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `The intercept of the model can't be corrected: ${reason}. Take correctIntercept out of the project's spec, or train with one output.`,
    'InvalidModel',
    { reason },
  );
}
