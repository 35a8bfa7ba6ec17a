/** Reads a project's SQL as it is named in its spec: relative to this folder. */
import { readFile } from 'node:fs/promises';

export function readSql(file: string): Promise<string> {
  return readFile(new URL(file, import.meta.url), 'utf8');
}
