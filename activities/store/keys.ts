/** What a key may look like, the same for every adapter. */
import { invalidKey } from './errors.ts';

/** S3's limit, in bytes of UTF-8. */
const MAX_BYTES = 1024;

/** @throws InvalidKey */
export function checkKey(key: string): void {
  if (key === '') throw invalidKey(key, 'it is empty');
  if (key.endsWith('/')) throw invalidKey(key, 'it ends with a slash');
  checkSegments(key, key.split('/'));
}

/** A prefix is any beginning of a key. @throws InvalidKey */
export function checkPrefix(prefix: string): void {
  if (prefix === '') return;
  const segments = prefix.split('/');
  if (segments.at(-1) === '') segments.pop();
  checkSegments(prefix, segments);
}

/** Order of keys: by bytes of UTF-8, as S3 lists them. UTF-16 order, JavaScript's own, differs. */
export function compareKeys(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function checkSegments(key: string, segments: readonly string[]): void {
  if (Buffer.byteLength(key) > MAX_BYTES) throw invalidKey(key, `it is longer than ${MAX_BYTES} bytes`);
  if (/[\0\\]/.test(key)) throw invalidKey(key, 'it holds a backslash or a NUL');
  for (const segment of segments) {
    if (segment === '') throw invalidKey(key, 'it is absolute or holds an empty segment');
    if (segment === '.' || segment === '..') throw invalidKey(key, `it holds the segment ${segment}`);
  }
}
