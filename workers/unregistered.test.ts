import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';

import { temporaryFolder } from '../testing/temporary-folder.ts';
import { exportedPipelines } from './pipelines.ts';
import { unregisteredPipelines } from './unregistered.ts';

describe('unregisteredPipelines', () => {
  let root: string;
  beforeEach(async () => {
    root = await temporaryFolder('unregistered');
    await mkdir(join(root, 'pipelines', 'sales'), { recursive: true });
  });

  it('finds every pipeline of this project in the registry', async () => {
    expect(await unregisteredPipelines(new Set(exportedPipelines.values()))).toEqual([]);
  });

  it('names those that the registry lacks, with the file of the clone that holds them', async () => {
    const body = `const named = (name) => Object.assign(() => 1, { definition: { name } });`;
    await writeFile(
      join(root, 'pipelines', 'sales', 'hello.pipeline.js'),
      `${body} export const hello = named('hello'); export const goodbye = named('goodbye'); export const LIMIT = 3;`,
    );
    await writeFile(
      join(root, 'pipelines', 'sales', 'rates.js'),
      `throw new Error('no pipeline, not read');`,
    );
    const first = await unregisteredPipelines(new Set(), root);
    expect(first).toEqual([
      { pipeline: 'hello', file: 'pipelines/sales/hello.pipeline.ts' },
      { pipeline: 'goodbye', file: 'pipelines/sales/hello.pipeline.ts' },
    ]);
  });

  it('finds none where there is no folder of pipelines', async () => {
    expect(await unregisteredPipelines(new Set(), join(root, 'elsewhere'))).toEqual([]);
  });
});
