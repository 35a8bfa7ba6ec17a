import { beforeAll, describe, expect, it } from 'vitest';
import { createRegistryActivities } from '../../activities/registry/activities.ts';
import type { Registry, RegistryActivities } from '../../activities/registry/contract.ts';
import { createRegistry } from '../../activities/registry/registry.ts';
import { makeRegistration } from '../../activities/registry/testing/registrations.ts';
import { createLocalStore } from '../../activities/store/local-store.ts';
import type { Answer } from '../../activities/governance/contract.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { compareModels } from '../../workflows/domain/comparison.ts';
import type { GateVerdict } from '../../workflows/domain/gates.ts';
import type { ProjectSpec } from '../../workflows/domain/project.ts';
import type { GovernorState } from '../../workflows/governor.ts';
import { referenceSample } from '../../workflows/domain/testing/samples.ts';
import { registerModels, type ModelServices } from './models.ts';
import { typed, type Said } from './testing/typed.ts';

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
/** What the governor answers with, and what it was told. */
let answer: Answer;
let state: GovernorState | undefined | Error;
/** What the commands asked to be run. */
const asked: unknown[] = [];

beforeAll(async () => {
  folder = await temporaryFolder('models');
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

describe('assay models, to the governor', () => {
  const reason = {
    measure: 'request',
    value: null,
    threshold: null,
    reason: 'dana asks for it: new coding rules',
  };
  const decision = {
    decision: 'retrain',
    asOf: '2026-01-01T00:00:00Z',
    champion: 2,
    reasons: [reason],
  } as const;
  const challenger = { model: 'returns', version: 4, digest: 'd' };
  const trained = { run: 'retraining.stays-2026-01-01T00:00:00Z', challenger, gate: FAILED, promoted: null };

  it('asks for a retraining under a key of its own, and gives the decision back', async () => {
    answer = { decision };
    const said = await assay('retrain', 'returns', '--reason', 'new coding rules', '--by', 'dana');
    expect(asked.at(-1)).toMatchObject({
      project: 'stays',
      model: 'returns',
      key: expect.stringMatching(/^cli\/.{36}$/),
      wait: false,
      word: { says: 'retrain', by: 'dana', reason: 'new coding rules' },
    });
    expect(said).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('decided as of 2026-01-01T00:00:00Z: retrain'),
    });
    expect(said.stdout).toContain('dana asks for it: new coding rules');
  });

  it.each([
    ['the governor decides otherwise', { decision: { ...decision, decision: 'no-action' as const } }, []],
    ['the gate says no', { decision, retraining: { ...trained, reason: 'the gate says fail' } }, ['--wait']],
    ['the training failed', { decision, retraining: { run: trained.run, error: 'disk full' } }, ['--wait']],
  ])('exits 1 where %s', async (_, given, flags) => {
    answer = given;
    expect((await assay('retrain', 'returns', '--reason', 'r', ...flags)).code).toBe(1);
  });

  it('says what came of a retraining that it waited for', async () => {
    answer = { decision, retraining: { ...trained, promoted: challenger } };
    expect(await assay('retrain', 'returns', '--reason', 'r', '--wait')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('trained returns/4, the gate says fail; it is champion now'),
    });
  });

  it.each(['freeze', 'resume'] as const)('passes on %s, with who and why', async (says) => {
    answer = { decision: { ...decision, decision: 'no-action' } };
    const said = await assay(says, 'returns', '--reason', 'audit', '--by', 'dana', '--json');
    expect(asked.at(-1)).toMatchObject({ word: { says, by: 'dana', reason: 'audit' } });
    expect([said.code, JSON.parse(said.stdout)]).toEqual([0, answer]);
  });

  it('refuses a word without a reason, and to a model that no project has', async () => {
    expect(await assay('freeze', 'returns')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--reason'),
    });
    expect(await assay('freeze', 'weather', '--reason', 'r')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('has the model weather, so it has no governor; there are: returns'),
    });
  });

  it('tells how the governor stands from the log, and from itself where it answers', async () => {
    const situation = {} as never;
    const key = (name: string) => ({ model: 'returns', by: 'dana', key: name });
    await activities.recordDecision({ ...key('d'), decision, situation });
    await activities.recordFreeze({ ...key('f'), frozen: true, reason: 'audit' });
    state = { project: 'stays', model: 'returns', running: 'retraining.stays-2026-02-01T00:00:00Z' };
    expect(await json('governor', 'returns')).toMatchObject({
      model: 'returns',
      decision,
      frozen: { by: 'dana', reason: 'audit' },
      live: { running: state.running },
    });
    state = new Error('no server there');
    const said = await assay('governor', 'returns');
    expect(said.stderr).toContain('from the log alone');
    expect(said.stdout).toMatch(
      /^governor-returns .*\nfrozen by dana at .*: audit\ndecided as of .*: retrain\n/,
    );
  });
});

/** Stands for the pipelines, which have tests of their own: moves go to the real registry. */
const services: ModelServices = {
  get registry() {
    return registry;
  },
  projects: { stays: spec },
  governors: {
    ask: async (governed, ask) => {
      asked.push({ ...governed, ...ask });
      return answer;
    },
    state: async () => {
      if (state instanceof Error) throw state;
      return state;
    },
  },
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

const assay = (...args: string[]): Promise<Said> => typed(registerModels, services, ['models', ...args]);

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
