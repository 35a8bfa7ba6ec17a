import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { bundleWorkflows } from './bundle.ts';

describe('bundleWorkflows', () => {
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'assay-bundle-'))));
  afterEach(() => rm(folder, { recursive: true }));

  it('names the file that imports what no workflow can have, and where that belongs', async () => {
    const registry = join(folder, 'index.js');
    await writeFile(registry, `export { hello } from './hello.pipeline.js';\n`);
    await writeFile(
      join(folder, 'hello.pipeline.js'),
      `import { readFileSync } from 'node:fs';\nexport const hello = () => readFileSync('x', 'utf8');\n`,
    );
    await expect(bundleWorkflows({ workflows: registry })).rejects.toThrow(
      /hello\.pipeline\.ts imports node:fs, which workflows can't: .*Move what needs it into an activity/,
    );
  });
});
