import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';

import { temporaryFolder } from '../testing/temporary-folder.ts';
import { bundleWorkflows } from './bundle.ts';

const MODULES = fileURLToPath(new URL('../node_modules', import.meta.url));

describe('bundleWorkflows', () => {
  let folder: string;
  let workflows: string;
  beforeEach(async () => {
    folder = await temporaryFolder('bundle');
    workflows = join(folder, 'index.js');
    await symlink(MODULES, join(folder, 'node_modules'));
    await writeFile(workflows, `export { hello } from './hello.pipeline.js';\n`);
  });

  it.each([
    ['node:fs', /hello\.pipeline\.ts imports node:fs, which workflows can't: /],
    ['fs', /what it is made of, imports fs, which workflows can't: .*Move what needs it into an activity/],
  ])('says of %s that no workflow can have it, and where it belongs', async (module, message) => {
    const code = `import { readFileSync } from '${module}';\nexport const hello = () => readFileSync('x', 'utf8');\n`;
    await writeFile(join(folder, 'hello.pipeline.js'), code);
    await expect(bundleWorkflows({ workflows })).rejects.toThrow(message);
  });

  it('bundles what imports nothing of the kind', async () => {
    await writeFile(join(folder, 'hello.pipeline.js'), `export const hello = () => 'bundled words';\n`);
    expect((await bundleWorkflows({ workflows })).code).toContain('bundled words');
  });
});
