import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { taskLabel } from './activity-id.ts';
import { keptTasks, unknownTasks } from './memo.ts';
import type { TaskRecord } from './run-record.ts';

function task(name: string, rest: Partial<TaskRecord> = {}): TaskRecord {
  return { name, state: 'success', tries: 1, after: [], fromMemo: false, ...rest };
}

function kept(tasks: readonly TaskRecord[], ...from: readonly string[]): readonly string[] {
  return keptTasks(tasks, { from }).map(({ name, index }) => taskLabel(name, index));
}

const chain = [task('a'), task('b', { after: ['a'] }), task('c', { after: ['b'] }), task('other')];
const map = [
  task('list'),
  task('map', { after: ['list'] }),
  task('map', { index: [0], after: ['list'], within: 'map' }),
  task('map', { index: [1], after: ['list'], within: 'map' }),
  task('inner', { index: [0], within: 'map[0]' }),
  task('inner', { index: [1], within: 'map[1]' }),
  task('reduce', { after: ['map'] }),
];

describe('keptTasks', () => {
  test('keeps what does not come after the tasks a rerun starts from', () => {
    expect(kept(chain, 'b')).toEqual(['a', 'other']);
    expect(kept(chain, 'b', 'other')).toEqual(['a']);
  });

  test('does a map again with all its items', () => {
    expect(kept(map, 'map')).toEqual(['list']);
    expect(kept(map, 'list')).toEqual([]);
  });

  test('does one item of a map again, with all inside it, and what comes after the map', () => {
    expect(kept(map, 'map[1]')).toEqual(['list', 'map[0]', 'inner[0]']);
    expect(kept(map, 'inner[1]')).toEqual(['list', 'map[0]', 'inner[0]']);
  });

  test('does again what has not succeeded, whatever a rerun starts from', () => {
    const tasks = [
      task('a', { state: 'failed' }),
      task('b', { after: ['a'], state: 'upstream_failed' }),
      task('c'),
    ];
    expect(keptTasks(tasks, { onlyFailed: true })).toEqual([task('c')]);
    expect(kept(tasks, 'c')).toEqual([]);
  });

  test('keeps skips', () => {
    expect(keptTasks([task('a', { state: 'skipped' })], { onlyFailed: true })).toHaveLength(1);
  });

  test('marks the slices of a large map that have something to be done again', () => {
    const slice = { parts: [], inner: [], failed: 0, skipped: 0 };
    const items = [
      { ...slice, from: 0, to: 200 },
      { ...slice, from: 200, to: 400, failed: 1 },
      { ...slice, from: 400, to: 600 },
    ];
    const rerun = { from: ['map[500]'] };
    const [reopened] = keptTasks([task('map', { items })], rerun);
    expect(reopened).toMatchObject({ state: 'running' });
    expect(reopened?.items?.map(({ again }) => again)).toEqual([undefined, rerun, rerun]);
    expect(unknownTasks([task('map', { items })], { from: ['map[599]', 'map[600]'] })).toEqual(['map[600]']);
  });

  test('keeps what comes after, where only the tasks themselves are done again', () => {
    const only = (tasks: readonly TaskRecord[], ...from: readonly string[]): readonly string[] =>
      keptTasks(tasks, { from, only: true }).map(({ name, index }) => taskLabel(name, index));
    expect(only(chain, 'a')).toEqual(['b', 'c', 'other']);
    expect(only(map, 'map[1]')).toEqual(['list', 'map[0]', 'inner[0]', 'reduce']);
  });

  /** A graph whose edges point backwards, so that it has no circle. */
  const graph = fc
    .array(fc.tuple(fc.array(fc.nat(19), { maxLength: 3 }), fc.boolean()), { minLength: 1, maxLength: 20 })
    .map((nodes) =>
      nodes.map(([edges, failed], at) =>
        task(`t${at}`, {
          after: at === 0 ? [] : [...new Set(edges.map((edge) => `t${edge % at}`))],
          state: failed ? 'failed' : 'success',
        }),
      ),
    );

  test('keeps nothing that comes after something done again', () => {
    fc.assert(
      fc.property(graph, fc.nat(19), (tasks, pick) => {
        const from = `t${pick % tasks.length}`;
        const names = new Set(keptTasks(tasks, { from: [from] }).map(({ name }) => name));
        return (
          !names.has(from) &&
          tasks.every(({ name, after }) => !names.has(name) || after.every((up) => names.has(up)))
        );
      }),
    );
  });

  test('keeps every success whose upstream is kept and that a rerun does not start from', () => {
    fc.assert(
      fc.property(graph, (tasks) => {
        const names = new Set(keptTasks(tasks, { onlyFailed: true }).map(({ name }) => name));
        return tasks.every(
          ({ name, after, state }) =>
            names.has(name) === (state === 'success' && after.every((up) => names.has(up))),
        );
      }),
    );
  });
});
