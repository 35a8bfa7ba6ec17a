/** What a newcomer is told about a pipeline of their own: that it is right, or what is wrong and what to do. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { configFor, type AssayConfig } from '../../temporal.config.ts';
import * as registry from '../../workflows/index.ts';
import type { AnyPipeline } from '../../workflows/engine/definition.ts';
import { pipelineGraph } from '../../workflows/engine/dry-run.ts';
import { pipeline } from '../../workflows/engine/pipeline.ts';
import { checkAll, type Checked } from './check.ts';

/** One file, and the line `export { greeting }` in the registry. */
const greeting = pipeline({ name: 'greeting', params: () => z.object({ name: z.string() }) }, (run) => {
  const words = run.task('words', () => ['good', 'morning']);
  return run.task('greet', { after: [words] }, (list) => `${list.join(' ')}, ${run.params.name}`);
});

function check(
  exports: Readonly<Record<string, unknown>>,
  config: Partial<AssayConfig> = {},
  unregistered: readonly { pipeline: string; file: string }[] = [],
): Promise<Checked> {
  const all = Object.entries({ ...registry, ...exports }) as [string, AnyPipeline | object][];
  const development = { ...configFor('development'), ...config };
  return checkAll({
    exported: new Map(
      all.flatMap(([name, one]) => ('definition' in one ? [[name, one.definition] as const] : [])),
    ),
    graph: (definition, params) => pipelineGraph({ definition }, params),
    environments: { development, staging: configFor('staging'), production: configFor('production') },
    projects: [],
    unregistered: async () => unregistered,
  });
}

describe('checkAll', () => {
  it("finds the project right, and a newcomer's pipeline with it", async () => {
    const [before, after] = [await check({}), await check({ greeting })];
    expect(after.faults).toEqual([]);
    expect(after).toMatchObject({ pipelines: before.pipelines + 1, tasks: before.tasks + 2 });
  });

  it('names a pipeline that is exported under another name, or that takes the name of another', async () => {
    const { faults } = await check({ hello: greeting, greeting });
    expect(faults).toMatchObject([
      { where: 'greeting', what: expect.stringContaining('exported as hello') },
      { where: 'greeting', what: expect.stringContaining('two pipelines have this name') },
    ]);
    for (const { next } of faults) expect(next).toContain('workflows/index.ts');
  });

  it('names a pipeline for which the registry has no line, and the line', async () => {
    const file = 'pipelines/hello.pipeline.ts';
    const { faults } = await check({}, {}, [{ pipeline: 'hello', file }]);
    expect(faults).toEqual([
      {
        where: file,
        what: 'no worker would serve hello: the registry has no line for it',
        next: `export { hello } from '../pipelines/hello.pipeline.ts'; in workflows/index.ts`,
      },
    ]);
  });

  it('names what the graph can not hold: two tasks of one name, a name that is none, a reference of nowhere', async () => {
    const twice = pipeline({ name: 'twice' }, (run) => {
      run.task('a', () => 1);
      run.task('a', () => 2);
    });
    const nameless = pipeline({ name: 'nameless' }, (run) => run.task('a b', () => 1));
    const lost = pipeline({ name: 'lost' }, (run) => {
      const stranger = { name: 'x', outcome: () => new Promise<never>(() => undefined) };
      run.task('a', { after: [stranger as never] }, () => 1);
    });
    const { faults } = await check({ twice, nameless, lost });
    expect(faults.map(({ where, what }) => [where, what])).toEqual([
      ['twice', expect.stringContaining('two tasks named a')],
      ['nameless', expect.stringContaining("'a b' is no task name")],
      ['lost', expect.stringContaining('no reference of this run')],
    ]);
    expect(faults[0]?.next).toBe('assay pipelines graph twice');
  });

  it('names pools, channels, schedules and slots that are declared nowhere or wrongly, each once', async () => {
    const queued = pipeline({ name: 'queued', notify: { on: ['failure'], to: ['nobody'] } }, (run) =>
      run.task('load', { pool: 'warehouse' }, () => 1),
    );
    const { faults } = await check(
      { queued },
      {
        pools: { broken: 0, endless: 5000 },
        schedules: [{ name: 'nightly', pipeline: 'nothing', timetable: { cron: '61 * * * *' } }],
      },
    );
    expect(faults.map(({ where }) => where)).toEqual([
      'queued, task load',
      ...Array.from({ length: faults.length - 1 }, () => 'temporal.config.ts, development'),
    ]);
    const told = faults.map(({ what }) => what).join('\n');
    expect(told).toContain('no pool is named warehouse in development, staging, production');
    expect(told).toContain('pool broken has 0 slots; at least 1 is expected');
    expect(told).toContain('pool endless has 5000 slots; a pool has at most 1000 slots');
    expect(told).toContain('no pipeline is named nothing');
    expect(told.match(/names the channel nobody/g)).toHaveLength(1);
  });

  it('says what it could not draw, where a graph needs params that have no default', async () => {
    const needy = pipeline(
      { name: 'needy', params: () => z.object({ tables: z.array(z.string()) }) },
      (run) => {
        for (const table of run.params.tables) run.task(table, () => table);
      },
    );
    const { faults, notes } = await check({ needy });
    expect(faults).toEqual([]);
    expect(notes).toEqual([expect.stringContaining('needy is not drawn: it needs tables')]);
  });
});
