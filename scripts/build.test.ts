import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
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

/** A clone in small: our scripts and compiler settings, two files of source. */
describe('node scripts/build.mjs', () => {
  let clone: string;
  const path = (name: string): string => join(clone, name);

  beforeEach(() => {
    clone = mkdtempSync(join(tmpdir(), 'assay-build-'));
    for (const name of ['scripts', 'package.json', 'tsconfig.json', 'tsconfig.build.json']) {
      cpSync(join(root, name), path(name), { recursive: true });
    }
    symlinkSync(join(root, 'node_modules'), path('node_modules'));
    for (const folder of ['activities', 'clients', 'pipelines', 'workers', 'workflows'])
      mkdirSync(path(folder));
    writeFileSync(path('activities/count.ts'), `export const count: number = 1;\n`);
    writeFileSync(path('activities/count.sql'), 'SELECT count(*) FROM rows\n');
    writeFileSync(path('activities/gone.ts'), `export const gone = true;\n`);
  });
  afterEach(() => rmSync(clone, { recursive: true }));

  const build = (): { code: number | null; said: string } => {
    const { status, stderr } = spawnSync(process.execPath, [path('scripts/build.mjs')], { encoding: 'utf8' });
    return { code: status, said: stderr };
  };

  it('compiles, puts the files beside the code that reads them, and does nothing the second time', () => {
    expect(build()).toMatchObject({ code: 0, said: expect.stringContaining('compiled') });
    expect(readFileSync(path('dist/activities/count.js'), 'utf8')).toContain('count = 1');
    expect(existsSync(path('dist/activities/count.sql'))).toBe(true);
    expect(build()).toMatchObject({ code: 0, said: expect.stringContaining('up to date') });
  });

  it('builds anew when a source changes, and keeps nothing of a source that has gone', () => {
    build();
    writeFileSync(path('activities/count.ts'), `export const count: number = 2;\n`);
    rmSync(path('activities/gone.ts'));
    expect(build().said).toContain('compiled');
    expect(readFileSync(path('dist/activities/count.js'), 'utf8')).toContain('count = 2');
    expect(existsSync(path('dist/activities/gone.js'))).toBe(false);
  });

  it('leaves the last good build where the new one fails, and fails again until it is mended', () => {
    build();
    writeFileSync(path('activities/count.ts'), `export const count: number = 'two';\n`);
    const failed = build();
    expect(failed.code).toBe(2);
    expect(failed.said).toMatch(/^assay: the code can't be built:\nactivities\/count.ts\(1,14\)/);
    expect(readFileSync(path('dist/activities/count.js'), 'utf8')).toContain('count = 1');
    expect(build().code).toBe(2);
  });
});
