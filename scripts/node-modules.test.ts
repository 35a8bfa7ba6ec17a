import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

interface LockFile {
  readonly packages: Readonly<Record<string, { optionalDependencies?: Record<string, string> }>>;
}

const file = new URL('../package-lock.json', import.meta.url);
const { packages } = JSON.parse(readFileSync(file, 'utf8')) as LockFile;

describe('the lock file', () => {
  it('names the native parts for every platform, for `npm ci` refuses a file that leaves one out', () => {
    const installed = new Set(Object.keys(packages).map((path) => path.split('node_modules/').at(-1)));
    const named = Object.values(packages).flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}));
    expect(named).toContain('@duckdb/node-bindings-darwin-arm64');
    expect(named.filter((name) => !installed.has(name))).toEqual([]);
  });

  it('names no download host, so that any registry serves it', () => {
    expect(readFileSync(file, 'utf8')).not.toContain('"resolved": "http');
  });
});
