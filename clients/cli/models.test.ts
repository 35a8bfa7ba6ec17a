import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRegistryActivities } from '../../activities/registry/activities.ts';
import type { Registry, RegistryActivities } from '../../activities/registry/contract.ts';
import { createRegistry } from '../../activities/registry/registry.ts';
import { makeRegistration } from '../../activities/registry/testing/registrations.ts';
import { createLocalStore } from '../../activities/store/local-store.ts';
import { compareModels } from '../../workflows/domain/comparison.ts';
import type { GateVerdict } from '../../workflows/domain/gates.ts';
import type { ProjectSpec } from '../../workflows/domain/project.ts';
import { referenceSample } from '../../workflows/domain/testing/samples.ts';
import { registerModels } from './models.ts';
import type { MoveServices } from './models-move.ts';
import { createOutput } from './output.ts';

const spec = { name: 'stays', model: 'returns' } as ProjectSpec;
const FAILED: GateVerdict = {
  verdict: 'fail',
  results: [
    { gate: 'auc-floor', verdict: 'fail', value: 0.6, bound: 'at least 0.62', reason: 'AUC 0.6 is too low.' },
  ],
};

let folder: string;
let registry: Registry;
let activities: RegistryActivities;
/** What the commands asked to be run. */
const asked: unknown[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'models-'));
  const store = createLocalStore(folder);
  registry = createRegistry(store);
  activities = createRegistryActivities({ store, registry, spec: () => spec, codeVersion: 'c0de' });
  for (const [key, slice] of [
    ['one', 'january'],
    ['two', 'january'],
    ['three', 'february'],
  ] as const) {
    const metrics = JSON.stringify(evaluation(slice));
    await activities.register(await makeRegistration(store, key, { metrics }));
  }
  const move = { model: 'returns', by: 'gate', reason: 'the gate passed' };
  await activities.recordGate({
    model: 'returns',
    version: 3,
    against: null,
    verdict: FAILED,
    by: 'gate',
    key: 'g',
  });
  await activities.promote({ ...move, version: 1, expected: null, key: 'p1' });
  await activities.promote({ ...move, version: 2, expected: 1, key: 'p2' });
});
afterAll(() => rm(folder, { recursive: true }));

describe('assay models', () => {
  it('lists models with their versions and aliases', async () => {
    expect(await json('list')).toEqual([
      { name: 'returns', versions: [1, 2, 3], aliases: { champion: 2, previous: 1 } },
    ]);
    expect((await assay('list')).stdout).toMatch(/^MODEL .*\nreturns +3 +2 +- +1\n$/);
  });

  it('shows the champion, an alias or a version', async () => {
    expect(await json('show', 'returns')).toMatchObject({
      version: 2,
      aliases: ['champion'],
      codeVersion: 'c0de',
    });
    expect(await json('show', 'returns@previous')).toMatchObject({ version: 1, key: 'one' });
    expect(await json('show', 'returns/3')).toMatchObject({
      version: 3,
      evaluation: { sliceDigest: 'february' },
    });
    const { stdout } = await assay('show', 'returns');
    expect(stdout).toContain('returns/2  champion\n');
    expect(stdout).toContain((await registry.version('returns', 2)).digest);
    expect(stdout).toMatch(/AUC +0\.8257 \(0\.7812 to 0\.8701\)/);
  });

  it('compares two versions, and says when they were judged on different rows', async () => {
    const same = await assay('compare', 'returns@champion', 'returns@previous');
    expect(same.stdout).toMatch(/^FIGURE +returns\/2 +returns\/1\nAUC +0\.8257/);
    expect(same.stderr).toBe('');
    const other = await assay('compare', 'returns', 'returns/3', '--json');
    expect(JSON.parse(other.stdout)).toMatchObject({
      a: { version: 2 },
      b: { version: 3 },
      sameSlice: false,
    });
    expect(other.stderr).toContain('rows of its own');
  });

  it('tells in the log how the champion got there', async () => {
    const { stdout } = await assay('log', 'returns');
    expect(stdout).toContain('version 3 judged alone: fail (auc-floor)');
    expect(stdout).toContain('champion moved from 1 to 2: the gate passed');
    expect(await json('log', 'returns')).toHaveLength(6);
  });

  it('refuses what is not there, naming what is and what to do next', async () => {
    expect(await assay('log', 'stays')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(
        /no model "stays".*Known models: returns\.\n {2}next: assay models list/s,
      ),
    });
    expect((await assay('show', 'returns/9')).stderr).toContain('Its versions: 1, 2, 3');
    expect((await assay('show', 'returns@best')).stderr).toContain('champion, challenger, previous');
    expect((await assay('show', 'returns@challenger')).stderr).toContain('returns has no challenger');
    expect((await assay('show', 'a/b/c')).stderr).toContain('none of NAME, NAME@ALIAS and NAME/VERSION');
    expect((await assay('promote', 'returns', '9')).code).toBe(2);
    expect((await assay('rollback', 'stays')).code).toBe(2);
  });

  it('promotes by a run of the project, and exits 1 where the gate says no', async () => {
    const refused = await assay('promote', 'returns', '3');
    expect(asked.at(-1)).toEqual({ project: 'stays', version: 3 });
    expect(refused).toMatchObject({ code: 1, stdout: expect.stringContaining('returns/3 was not promoted') });
    expect(refused.stdout).toContain('AUC 0.6 is too low.');
    const forced = await assay(
      'promote',
      'returns',
      '3',
      '--override',
      'known drift',
      '--by',
      'dana',
      '--json',
    );
    expect(asked.at(-1)).toEqual({
      project: 'stays',
      version: 3,
      override: { by: 'dana', reason: 'known drift' },
    });
    expect(forced.code).toBe(0);
    expect(JSON.parse(forced.stdout)).toMatchObject({ run: 'promotion-run', promoted: { version: 3 } });
  });

  it('rolls back by a run, and says why where that failed', async () => {
    const back = await assay('rollback', 'returns', '--reason', 'too many calls', '--by', 'dana');
    expect(back).toMatchObject({ code: 0, stdout: 'returns/2 is champion again\n' });
    expect(asked.at(-1)).toEqual({ model: 'returns', by: 'dana', reason: 'too many calls' });
    const again = await assay('rollback', 'returns', '--reason', 'again');
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('cannot be rolled back') });
  });
});

/** Stands for the pipelines, which have tests of their own: moves go to the real registry. */
const services: MoveServices = {
  get registry() {
    return registry;
  },
  projects: { stays: spec },
  promote: async (params) => {
    asked.push(params);
    const champion = (await registry.aliases('returns')).champion ?? null;
    const word = { model: 'returns', version: params.version, expected: champion, key: 'cli-promote' };
    const promoted = params.override ? await activities.promote({ ...word, ...params.override }) : null;
    return { run: 'promotion-run', state: 'success', result: { verdict: FAILED, promoted } };
  },
  rollBack: async (params) => {
    asked.push(params);
    const rolled = activities.rollback({ ...params, key: params.reason });
    return rolled.then(
      (result) => ({ run: 'rollback-run', state: 'success', result }),
      (error: Error) => ({
        run: 'rollback-run',
        state: 'failed',
        error: { type: 'NothingToRollBack', message: error.message },
      }),
    );
  },
};

async function assay(
  ...args: string[]
): Promise<{ code: number | undefined; stdout: string; stderr: string }> {
  const said = { code: undefined as number | undefined, stdout: '', stderr: '' };
  const write = (stream: 'stdout' | 'stderr') => ({ write: (text: string) => void (said[stream] += text) });
  const program = new Command().exitOverride();
  registerModels(program, {
    output: createOutput(write('stdout'), write('stderr')),
    services: async () => services,
    exit: (code) => void (said.code = code),
  });
  await program.parseAsync(['models', ...args], { from: 'user' });
  return said;
}

async function json(...args: string[]): Promise<unknown> {
  return JSON.parse((await assay(...args, '--json')).stdout) as unknown;
}

function evaluation(sliceDigest: string): unknown {
  const { labels, tied } = referenceSample();
  const rows = { labels: Uint8Array.from(labels), challenger: Float64Array.from(tied), groups: [] };
  const compared = compareModels(rows, 0.5);
  if (!compared.defined) throw new Error(compared.reason);
  return { ...compared.value.challenger, slices: [], sliceDigest, challengerDigest: 'd', latencyMs: 1 };
}
