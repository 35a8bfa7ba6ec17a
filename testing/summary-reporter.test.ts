import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Summary } from './summary-reporter.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** A small suite of its own, in the clone so that it finds vitest, outside what the real suite collects. */
describe('the summary of a test run', () => {
  let folder: string;
  let summary: Summary;

  beforeAll(() => {
    mkdirSync(join(root, '.assay'), { recursive: true });
    folder = mkdtempSync(join(root, '.assay', 'summary-'));
    const file = (name: string, text: string): void => writeFileSync(join(folder, name), text);
    file('vitest.config.mjs', `export default { test: { root: ${JSON.stringify(folder)} } };`);
    file(
      'mixed.test.mjs',
      `import { it, expect } from 'vitest';
       it('passes', () => expect(1 + 1).toBe(2));
       it('fails', () => expect(1 + 1).toBe(3));
       it('is left out', (ctx) => ctx.skip('the file is not here'));`,
    );
    file('unloadable.test.mjs', `import './nowhere.mjs';`);
    file(
      'hook.test.mjs',
      `import { describe, beforeAll, it } from 'vitest';
       describe('suite', () => { beforeAll(() => { throw new Error('no server'); }); it('never runs', () => {}); });`,
    );
    const summaryFile = join(folder, 'summary.json');
    spawnSync(
      process.execPath,
      [
        join(root, 'node_modules', 'vitest', 'vitest.mjs'),
        'run',
        `--config=${join(folder, 'vitest.config.mjs')}`,
        `--reporter=${join(root, 'testing', 'summary-reporter.ts')}`,
      ],
      { cwd: folder, env: { ...process.env, ASSAY_TEST_SUMMARY: summaryFile } },
    );
    summary = JSON.parse(readFileSync(summaryFile, 'utf8'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('counts what passed and what failed', () => {
    expect(summary).toMatchObject({ passed: 1, failed: 1 });
  });

  it('names what was skipped, with the reason that the test gave', () => {
    expect(summary.skipped).toContainEqual({
      name: 'mixed.test.mjs > is left out',
      reason: 'the file is not here',
    });
  });

  it('reports a file that does not load and a hook that throws, although no test of theirs failed', () => {
    expect(summary.broken).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^unloadable\.test\.mjs: .*nowhere/),
        expect.stringMatching(/^hook\.test\.mjs.*no server/),
      ]),
    );
  });
});
