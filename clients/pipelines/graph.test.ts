import { describe, expect, it } from 'vitest';

import { cluster } from '../../pipelines/examples/cluster.pipeline.ts';
import { medallion } from '../../workflows/medallion.ts';
import { drawGraph } from './graph.ts';

async function tasks(...given: Parameters<typeof drawGraph>): Promise<string[]> {
  return (await drawGraph(...given)).nodes.map(({ name }) => name);
}

describe('drawGraph', () => {
  it('draws with the defaults where no params are given, else with those', async () => {
    expect(await tasks(cluster.definition, undefined)).toEqual(
      expect.arrayContaining(['shard-0', 'shard-1', 'shard-2', 'sum']),
    );
    expect(await tasks(cluster.definition, { shards: 1 })).not.toContain('shard-1');
  });

  it('draws a pipeline that needs params without them', async () => {
    expect(await tasks(medallion.definition, undefined)).toContain('gold-checks');
  });

  it('refuses wrong params instead of drawing what no run would be', async () => {
    await expect(drawGraph(cluster.definition, { shards: -1 })).rejects.toMatchObject({
      type: 'InvalidParams',
      message: expect.stringContaining('shards'),
      next: expect.stringContaining(`assay pipelines show cluster, then --params '{"shards": …}'`),
    });
  });
});
