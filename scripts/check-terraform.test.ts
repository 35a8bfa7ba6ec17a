import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const script = join(root, 'scripts', 'check-terraform.sh');

const check = (
  env: NodeJS.ProcessEnv,
  ...args: string[]
): { code: number | null; out: string; last: string } => {
  const { status, stdout } = spawnSync('bash', [script, ...args], { encoding: 'utf8', env });
  return { code: status, out: stdout, last: stdout.trimEnd().split('\n').at(-1) ?? '' };
};
const there = (program: string): boolean => spawnSync(program, ['version']).error === undefined;

describe('scripts/check-terraform.sh', () => {
  it('passes every stage that can be had here, and plans each environment', { timeout: 300_000 }, (ctx) => {
    if (!there('terraform')) ctx.skip('terraform is not on the path');
    if (!process.env['TF_PLUGIN_DIR']) ctx.skip('TF_PLUGIN_DIR names no folder with the AWS provider');
    // checkov takes a minute, and finds what it finds in CI.
    const env = {
      ...process.env,
      PATH: withoutCheckov(process.env['PATH'] ?? ''),
      ASSAY_CACHE: '/nonexistent',
    };
    const { code, out, last } = check(env);
    expect(out).not.toMatch(/FAILED/);
    expect(out).toMatch(/test \(mocked provider\)\s+passed in \d+ s: \d+ passed, 0 failed/);
    for (const name of ['delivery', 'dev', 'staging', 'prod']) {
      expect(out).toMatch(new RegExp(`plan ${name}\\s+passed in \\d+ s: Plan: \\d+ to add`));
    }
    expect(out).toMatch(/policies\s+passed in \d+ s: \d+ policies over 4 plans/);
    expect(last).toMatch(/^\d+ passed, 0 failed, [12] skipped$/);
    expect(code).toBe(0);
  });

  describe('without its programs', () => {
    let folder: string;

    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'assay-terraform-'));
      for (const name of [
        'bash',
        'cp',
        'dirname',
        'grep',
        'ls',
        'mkdir',
        'mktemp',
        'rm',
        'sed',
        'tail',
        'touch',
      ])
        symlinkSync(spawnSync('which', [name], { encoding: 'utf8' }).stdout.trim(), join(folder, name));
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    const env = (): NodeJS.ProcessEnv => ({ PATH: folder, HOME: folder });

    it('skips each stage by name, counts them, and calls it no failure', () => {
      const { code, out, last } = check(env());
      for (const name of ['fmt', 'validate', 'plan', 'policies', 'tflint', 'checkov'])
        expect(out).toMatch(new RegExp(`^${name}\\s+skipped: `, 'm'));
      expect(last).toBe('0 passed, 0 failed, 8 skipped');
      expect(code).toBe(0);
    });

    it('fails for what was skipped when it is strict', () => {
      expect(check(env(), '--strict').code).toBe(1);
    });

    it('shows what a failed stage said, goes on, and fails', () => {
      mkdirSync(join(folder, 'cache', 'tflint-0.64.0'), { recursive: true });
      const tflint = join(folder, 'cache', 'tflint-0.64.0', 'tflint');
      writeFileSync(tflint, '#!/bin/bash\necho "main.tf: unused variable"\nexit 2\n');
      chmodSync(tflint, 0o755);
      const { code, out, last } = check({ ...env(), ASSAY_CACHE: join(folder, 'cache') });
      expect(out).toMatch(/^tflint\s+FAILED in \d+ s\n {4}main\.tf: unused variable$/m);
      expect(last).toBe('0 passed, 1 failed, 7 skipped');
      expect(code).toBe(1);
    });
  });
});

describe('terraform/', () => {
  it('has no file of 200 lines or more', () => {
    const files = readdirSync(join(root, 'terraform'), { recursive: true, encoding: 'utf8' });
    const long = files
      .filter((file) => file.endsWith('.tf'))
      .filter((file) => readFileSync(join(root, 'terraform', file), 'utf8').split('\n').length > 200);
    expect(long).toEqual([]);
  });
});

function withoutCheckov(path: string): string {
  return path
    .split(':')
    .filter((folder) => !/checkov/.test(folder))
    .join(':');
}
