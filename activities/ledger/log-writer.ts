/** Writes the log of one execution of an activity: small objects, replaced while they grow, bounded in all. */
import type { ObjectStore } from '../store/contract.ts';
import type { LogLine } from './contract.ts';
import { logFileKey } from './log-files.ts';
import type { LogSource } from './log-files.ts';

export interface LogWriter {
  /** Lines beyond the limit are dropped, and the log says so; a failure is kept always. */
  write(line: LogLine): void;
  /** Resolves when all lines so far stand in the store. */
  flush(): Promise<void>;
}

export const LOG_LIMIT = 1024 * 1024;
const CHUNK = 64 * 1024;
const LINE = 8 * 1024;

export interface LogOptions {
  /** Bytes. */
  readonly limit?: number;
  /** Applied to every line. */
  readonly redact?: (text: string) => string;
}

export function createLogWriter(
  store: ObjectStore,
  source: LogSource,
  { limit = LOG_LIMIT, redact = (text) => text }: LogOptions = {},
): LogWriter {
  let chunk = 0;
  let pending = '';
  let stored = 0;
  let written = 0;
  let cut = false;
  let flushing = Promise.resolve();

  function append(line: LogLine): void {
    const text = `${redact(encode(line))}\n`;
    written += Buffer.byteLength(text);
    pending += text;
  }

  async function keep(): Promise<void> {
    if (pending.length === stored) return;
    const body = pending;
    await store.put(logFileKey(source, chunk), body);
    stored = body.length;
    if (Buffer.byteLength(body) < CHUNK) return;
    pending = pending.slice(body.length);
    stored = 0;
    chunk += 1;
  }

  return {
    write(line) {
      if (line.level === 'error' || written < limit) append(line);
      else if (!cut) {
        cut = true;
        append({ ...line, level: 'warn', message: `the log is cut here, at ${limit} bytes`, fields: {} });
      }
    },
    flush() {
      // One after the other, also after one that failed: two flushes must not write the same chunk.
      flushing = flushing.catch(() => undefined).then(keep);
      return flushing;
    },
  };
}

function encode(line: LogLine): string {
  const text = JSON.stringify(line);
  if (text.length <= LINE) return text;
  const { fields: _dropped, ...rest } = line;
  return JSON.stringify({ ...rest, message: `${line.message.slice(0, LINE / 2)}…` });
}
