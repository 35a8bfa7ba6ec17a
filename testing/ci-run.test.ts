import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const ciRun = fileURLToPath(new URL('../.ci/run', import.meta.url));

/** `.ci/run` between a `node` and an `npm` that only play theirs. */
describe('.ci/run', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'assay-ci-'));
    mkdirSync(join(folder, '.ci'));
    mkdirSync(join(folder, 'bin'));
    cpSync(ciRun, join(folder, '.ci', 'run'));
    program('node', 'exit 0');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const program = (name: string, body: string): void =>
    writeFileSync(join(folder, 'bin', name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });

  const run = (npm: string): { code: number | null; output: string; lastLine: string | undefined } => {
    program('npm', npm);
    const { status, stdout } = spawnSync(join(folder, '.ci', 'run'), [], {
      env: { ...process.env, PATH: `${join(folder, 'bin')}:${process.env['PATH']}` },
      encoding: 'utf8',
    });
    return { code: status, output: stdout, lastLine: stdout.trimEnd().split('\n').at(-1) };
  };

  it('ends with the closing line of the tests when every stage passes', () => {
    const { code, lastLine } = run(`[ "$1" != test ] || echo '12 passed, 0 failed, 3 skipped'`);
    expect(lastLine).toBe('12 passed, 0 failed, 3 skipped');
    expect(code).toBe(0);
  });

  it('counts a failed stage as a failed one, and still runs the tests', () => {
    const { code, output, lastLine } = run(`[ "$1" != test ] || { echo '12 passed, 0 failed'; exit 0; }
      [ "$3" != lint ]`);
    expect(lastLine).toBe('12 passed, 1 failed');
    expect(output).toMatch(/== lint FAILED in \d+ s/);
    expect(output).toMatch(/== types passed in \d+ s/);
    expect(code).toBe(1);
  });

  it('never calls tests that ended without their line a success', () => {
    const { code, lastLine } = run(`[ "$1" != test ] || { echo crashed; exit 1; }`);
    expect(lastLine).toBe('0 passed, 1 failed');
    expect(code).toBe(1);
  });
});
