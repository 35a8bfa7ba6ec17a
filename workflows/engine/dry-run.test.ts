import { sleep } from '@temporalio/workflow';
import { describe, expect, test } from 'vitest';
import { toMermaid } from '../domain/graph.ts';
import { hourlyShop } from '../../pipelines/examples/asset-rollup.pipeline.ts';
import { pipelineGraph } from './dry-run.ts';
import { pipeline } from './pipeline.ts';
import { awaiting, branches, diamond, fanOut, tidy } from './testing/pipelines.ts';
import { patience, rounds } from './testing/waiting.ts';

describe('pipelineGraph', () => {
  test('shows every task and edge of a function that awaits nothing but what it returns', async () => {
    const graph = await pipelineGraph(diamond, { word: 'x' });
    expect(graph.nodes.map(({ name, after }) => [name, after])).toEqual([
      ['start', []],
      ['left', ['start']],
      ['right', ['start']],
      ['end', ['left', 'right']],
    ]);
    expect(graph.decidedAfter).toEqual([]);
  });

  test('stops at the first reference that decides what else there is', async () => {
    const graph = await pipelineGraph(awaiting, {});
    expect(graph.nodes.map(({ name }) => name)).toEqual(['first']);
    expect(graph.decidedAfter).toEqual(['first']);
  });

  test('knows maps, trigger rules and what runs at the end', async () => {
    const [mapped, ruled, closing] = await Promise.all([
      pipelineGraph(fanOut, { items: 3, bytes: 1, concurrency: 1 }),
      pipelineGraph(branches, {}),
      pipelineGraph(tidy, {}),
    ]);
    expect(mapped.nodes[1]).toMatchObject({ name: 'work', kind: 'map', after: ['list'] });
    expect(ruled.nodes.find(({ name }) => name === 'whatever')).toMatchObject({ when: 'all_done' });
    expect(closing.nodes.at(-1)).toMatchObject({ name: 'clean-up', kind: 'finally' });
  });

  test('draws the assets that start a pipeline, and those that it produces', async () => {
    const graph = await pipelineGraph(hourlyShop, {});
    expect(graph).toMatchObject({
      startedBy: ['shop.orders', 'shop.visits', 'shop.returns'],
      nodes: [{ name: 'combine', produces: ['shop.hours'] }],
    });
    expect(toMermaid(graph).split('\n')).toEqual([
      'flowchart LR',
      '  t0["combine"]',
      '  asset_shop_orders[("shop.orders")] -.-> t0',
      '  asset_shop_visits[("shop.visits")] -.-> t0',
      '  asset_shop_returns[("shop.returns")] -.-> t0',
      '  t0 -.-> asset_shop_hours[("shop.hours")]',
    ]);
  });

  test('throws what the function throws', async () => {
    await expect(pipelineGraph(fanOut, undefined)).rejects.toThrow(TypeError);
  });

  test('refuses a race of tasks against a timer of the function’s own, which a rerun would lose sight of', async () => {
    const racing = pipeline({ name: 'racing' }, async (run) => {
      const work = run.task('work', () => 'done');
      await Promise.race([work, sleep('1h')]);
    });
    await expect(pipelineGraph(racing, {})).rejects.toThrow(
      /Temporal's sleep itself, of which the memo knows nothing: .* Wait by run.sleepUntil/,
    );
    const sound = pipeline({ name: 'sound' }, async (run) => {
      const work = run.task('work', () => sleep(10));
      await Promise.race([work, run.sleepUntil('late', { after: 'now', by: '1h' })]);
    });
    expect((await pipelineGraph(sound, {})).nodes.map(({ name }) => name)).toEqual(['work', 'late']);
  });

  test('draws Mermaid with an edge for each reference and a mark where more is decided later', async () => {
    expect(toMermaid(await pipelineGraph(awaiting, {}))).toBe(
      ['flowchart LR', '  t0["first"]', '  t0 -.-> later(["decided at run time"])'].join('\n'),
    );
  });
});

describe('toMermaid', () => {
  test('draws what waits and what goes round in shapes of their own', async () => {
    const [waits, loops] = await Promise.all([
      pipelineGraph(patience, {}),
      pipelineGraph(rounds, { good: 1, onMax: 'fail' }),
    ]);
    const text = `${toMermaid(waits)}\n${toMermaid(loops)}`;
    for (const shape of ['(["sensor"])', '(["told"])', '(("time"))', '[["fit ↻"]]'])
      expect(text).toContain(shape);
  });
});
