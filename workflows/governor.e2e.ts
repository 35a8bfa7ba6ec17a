import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test, vi } from 'vitest';

import type { Answer, Ask } from '../activities/governance/contract.ts';
import { createRegistryActivities } from '../activities/registry/activities.ts';
import type { Registry } from '../activities/registry/contract.ts';
import { createRegistry } from '../activities/registry/registry.ts';
import { makeRegistration } from '../activities/registry/testing/registrations.ts';
import { createLocalStore } from '../activities/store/local-store.ts';
import { readmission } from '../pipelines/readmission/project.ts';
import { findTemporal } from '../scripts/temporal.mjs';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { createGovernors } from '../workers/governors.ts';
import { DEFAULT_GOVERNANCE, type GovernancePolicy } from './domain/governance/policy.ts';
import type { JudgedInterval } from './domain/governance/situation.ts';
import type { MaturedInterval } from './domain/judging-slice.ts';
import { startKit, type Kit, type TestActivities } from './engine/testing/kit.ts';
import type { GovernorState } from './governor.ts';
import { promotion, rollback } from './promotion.ts';
import { retraining } from './retraining.ts';
import { review } from './review.ts';
import { training } from './training.ts';

const WAIT = { timeout: 30_000, interval: 100 };
/** Not named as control queues are, so that one worker has it all. */
const QUEUE = `governor-${randomUUID()}`;
const { linear } = readmission.training.families;

/** What the stand-ins answer with; a test turns these knobs. */
interface World {
  model: string;
  matured: MaturedInterval[];
  judged: JudgedInterval[];
  /** Of the challengers that are trained from now on. */
  auc: number;
  trainings: number;
  /** Titles of what people were called for, by their keys. */
  pages: Map<string, string>;
  governance: GovernancePolicy;
}

let folder: string;
let registry: Registry;
let kit: Kit;
let world: World;

beforeAll(async () => {
  folder = await temporaryFolder('governor');
  const store = createLocalStore(folder);
  registry = createRegistry(store);
  kit = await startKit({
    pipelines: [retraining, training, promotion, review, rollback],
    activities: standIns(store),
    worker: { taskQueue: QUEUE },
  });
});

afterAll(async () => {
  await kit.stop();
});

beforeEach(() => {
  world = {
    model: `model-${randomUUID()}`,
    matured: [month(3)],
    judged: [],
    auc: 0.66,
    trainings: 0,
    pages: new Map(),
    governance: DEFAULT_GOVERNANCE,
  };
});

describe('requests', () => {
  test('ten at once lead to one retraining, and a late one to none', async () => {
    const governor = await start();
    await Promise.all(
      Array.from({ length: 10 }, () => governor.signal('retrain', { by: 'somebody', reason: 'so many' })),
    );
    await vi.waitFor(async () => expect((await stateOf(governor)).retraining).toBeDefined(), WAIT);
    await governor.signal('retrain', { reason: 'late' });
    await ask(governor, 'afterwards');
    expect(world.trainings).toBe(1);
    expect(await registry.aliases(world.model)).toEqual({ champion: 1 });
    const made = await decisions();
    expect(made[0]).toBe('retrain');
    expect(made.slice(1)).not.toContain('retrain');
  });

  test('one that was heard before under its ID is no new one, whatever has matured since', async () => {
    const governor = await start();
    await governor.signal('retrain', { reason: 'first', id: 'ticket-1' });
    await ask(governor, 'first', true);
    world.matured.push(month(4));
    await governor.signal('retrain', { reason: 'again', id: 'ticket-1' });
    await ask(governor, 'second', true);
    expect(world.trainings).toBe(1);
    await governor.signal('retrain', { reason: 'another', id: 'ticket-2' });
    await vi.waitFor(() => expect(world.trainings).toBe(2), WAIT);
    await ask(governor, 'third', true);
  });
});

describe('ways in', () => {
  test('the temporal command alone leads to a retraining', async () => {
    const governor = await start();
    const input = JSON.stringify({ reason: 'a new coding system', by: 'dana' });
    const command = process.env['ASSAY_TEMPORAL_BIN'] ?? (await findTemporal())?.path ?? 'temporal';
    const where = ['--address', inject('temporalAddress'), '--workflow-id', governor.workflowId];
    await promisify(execFile)(command, [
      'workflow',
      'signal',
      ...where,
      '--name',
      'retrain',
      '--input',
      input,
    ]);
    await vi.waitFor(async () => expect((await stateOf(governor)).retraining).toBeDefined(), WAIT);
    expect(await stateOf(governor)).toMatchObject({
      decision: { reasons: [{ reason: 'dana asks for it: a new coding system' }, {}] },
      retraining: { promoted: { version: 1 } },
    });
  });

  test('the script of the SDK gets the decision back, and what came of it', async () => {
    const governor = await start();
    const script = fileURLToPath(new URL('../scripts/retrain.mjs', import.meta.url));
    const env = { ...process.env, TEMPORAL_ADDRESS: inject('temporalAddress') };
    const { stdout } = await promisify(execFile)(process.execPath, [script, world.model, 'why not'], { env });
    expect(stdout).toMatch(/^retrain\n {2}request: .* asks for it: why not\n/);
    expect(stdout).toContain('"promoted": {');
    expect((await stateOf(governor)).retraining).toMatchObject({ promoted: { version: 1 } });
  });

  test('a review at a set time asks what is to be done, and waits for what comes of it', async () => {
    const params = { project: world.model };
    const look = async (): Promise<unknown> =>
      kit.client.workflow.execute('review', {
        taskQueue: QUEUE,
        workflowId: `review.${world.model}-${asOf()}`,
        args: [{ key: world.model, params, fireTime: asOf() }],
      });
    expect(await look()).toMatchObject({
      decision: { decision: 'retrain', asOf: asOf() },
      retraining: { promoted: { version: 1 } },
    });
    world.matured.push(month(4));
    expect(await look()).toMatchObject({
      decision: { decision: 'no-action', reasons: [{ reason: 'no planned retraining is due' }] },
    });
    expect(world.trainings).toBe(1);
  });
});

describe('rejected challengers', () => {
  test('three in a row ask for a person, until one says resume', async () => {
    const governor = await start();
    world.auc = 0.5;
    for (const attempt of [1, 2, 3]) {
      world.matured.push(month(3 + attempt));
      const { retraining: outcome } = await ask(governor, `attempt ${attempt}`, true);
      expect(outcome).toMatchObject({
        challenger: { version: attempt },
        gate: { verdict: 'fail' },
        promoted: null,
      });
    }
    // Said at once, without waiting for another month.
    expect((await stateOf(governor)).decision).toMatchObject({
      decision: 'stop-and-ask',
      owner: DEFAULT_GOVERNANCE.owner,
    });
    await vi.waitFor(
      () => expect([...world.pages.values()]).toEqual([`${world.model} waits for a person`]),
      WAIT,
    );
    world.matured.push(month(7));
    await governor.signal('retrain', { reason: 'impatience' });
    expect((await ask(governor, 'fourth', true)).decision.decision).toBe('stop-and-ask');
    expect(world.trainings).toBe(3);
    await governor.signal('resume', { by: 'somebody', reason: 'the label was wrong' });
    world.auc = 0.66;
    expect((await ask(governor, 'fifth', true)).retraining).toMatchObject({ promoted: { version: 4 } });
  });
});

describe('a challenger that only a person may promote', () => {
  const approval = { assignees: ['dana'], timeout: '1m' } as const;
  const answer = (choice: string, comment: string): Promise<unknown> =>
    kit.client.workflow
      .getHandle(`promotion.${world.model}-${asOf()}`)
      .executeUpdate('answer', { args: [{ task: 'approve', who: 'dana', choice, comment }] });

  test('waits for one, holds up nobody else meanwhile, and stands in the log with who and why', async () => {
    world.governance = { ...DEFAULT_GOVERNANCE, promotion: 'approval', approval };
    const governor = await start();
    const held = await ask(governor, 'held', true);
    expect(held).toMatchObject({ decision: { decision: 'retrain' } });
    expect(held.retraining).toBeUndefined();
    expect(await stateOf(governor)).toMatchObject({
      held: true,
      running: `retraining.${world.model}-${asOf()}`,
    });
    expect(await registry.aliases(world.model)).toEqual({ challenger: 1 });
    await answer('approve', 'the ward has seen it');
    await vi.waitFor(async () => expect((await stateOf(governor)).held).toBeUndefined(), WAIT);
    expect((await stateOf(governor)).retraining).toMatchObject({ promoted: { version: 1 } });
    expect((await registry.log(world.model)).slice(-2)).toMatchObject([
      { kind: 'approval', version: 1, choice: 'approve', by: 'dana', comment: 'the ward has seen it' },
      { kind: 'alias', by: 'dana', reason: 'dana says approve: the ward has seen it' },
    ]);
  });

  test('is one no longer once it is rejected, or nobody has answered in time', async () => {
    world.governance = { ...DEFAULT_GOVERNANCE, promotion: 'approval', approval };
    const governor = await start();
    await ask(governor, 'held', true);
    await answer('reject', 'not before the audit');
    await vi.waitFor(async () => expect((await stateOf(governor)).retraining).toBeDefined(), WAIT);
    expect((await stateOf(governor)).retraining).toMatchObject({
      promoted: null,
      reason: 'dana says reject: not before the audit',
    });
    expect(await registry.aliases(world.model)).toEqual({});

    world.governance = { ...world.governance, approval: { timeout: '200ms' } };
    world.matured.push(month(4));
    await governor.signal('retrain', { reason: 'once more' });
    await vi.waitFor(
      async () =>
        expect((await stateOf(governor)).retraining).toMatchObject({
          challenger: { version: 2 },
          promoted: null,
          reason: 'nobody has approved it in time',
        }),
      WAIT,
    );
    const approvals = (await registry.log(world.model)).filter(({ kind }) => kind === 'approval');
    expect(approvals).toMatchObject([{ timedOut: false }, { choice: 'reject', timedOut: true }]);
  });
});

describe('a rollback', () => {
  test('makes the model before champion again, and says who wanted it and why', async () => {
    const governor = await start();
    await ask(governor, 'first', true);
    world.matured.push(month(4));
    await governor.signal('retrain', { reason: 'a second one' });
    await ask(governor, 'second', true);
    const override = { by: 'dana', reason: 'to have it tried' };
    await kit.execute(promotion, {
      key: world.model,
      params: { project: world.model, version: 2, override },
    });
    expect(await registry.aliases(world.model)).toMatchObject({ champion: 2, previous: 1 });
    const said = { by: 'dana', reason: 'the ward sees too many alarms' };
    const params = { model: world.model, ...said };
    await kit.execute(rollback, { key: world.model, params });
    expect((await registry.aliases(world.model)).champion).toBe(1);
    expect((await registry.log(world.model)).at(-1)).toMatchObject({ kind: 'rollback', ...said });
  });

  test('of a model that has had no other champion fails, and says so', async () => {
    const governor = await start();
    await ask(governor, 'first', true);
    const params = { model: world.model, by: 'dana', reason: 'in doubt' };
    await expect(kit.execute(rollback, { key: world.model, params })).rejects.toMatchObject({
      cause: { type: 'RunFailed', message: expect.stringContaining('NothingToRollBack') as string },
    });
    expect(await registry.aliases(world.model)).toEqual({ champion: 1 });
  });
});

describe('an ask', () => {
  test('repeated under its key gets the first answer, though nothing is as it was', async () => {
    const governor = await start();
    const first = await ask(governor, 'the same', true);
    expect(first.decision.decision).toBe('retrain');
    world.matured.push(month(4), month(5));
    expect(await ask(governor, 'the same', true, randomUUID())).toEqual(first);
    expect(world.trainings).toBe(1);
  });

  test('that is none is refused', async () => {
    const governor = await start();
    const asked = governor.executeUpdate('decide', { args: [{ key: 'k', asOf: 'tomorrow' }] });
    await expect(asked).rejects.toMatchObject({ cause: { type: 'InvalidAsk' } });
    const word = { says: 'perhaps', by: 'dana', reason: 'r' };
    const unclear = governor.executeUpdate('decide', { args: [{ key: 'k', asOf: asOf(), word }] });
    await expect(unclear).rejects.toMatchObject({ cause: { type: 'InvalidAsk' } });
  });

  test('that cannot be decided is told why, and the governor lives on', async () => {
    const governor = await start();
    const { model } = world;
    world.model = 'unknown';
    await expect(ask(governor, 'first')).rejects.toMatchObject({
      cause: { message: expect.stringContaining('nobody') },
    });
    world.model = model;
    expect((await ask(governor, 'second')).decision.decision).toBe('retrain');
    await ask(governor, 'third', true);
  });

  test('is answered after the governor has gone on in a new history', async () => {
    const governor = await start({ continueAfterEvents: 1 });
    const first = await ask(governor, 'before', true);
    await vi.waitFor(async () => expect((await governor.describe()).historyLength).toBeLessThan(10), WAIT);
    expect((await stateOf(governor)).retraining).toEqual(first.retraining);
    expect(await ask(governor, 'before', true, randomUUID())).toEqual(first);
  });
});

test('a governor that is made by whoever asks first is found by its model', async () => {
  const ask = { asOf: asOf(), key: 'first', wait: true };
  const governed = { project: world.model, model: world.model };
  await createGovernors(kit.client, QUEUE).ask(governed, ask, AbortSignal.timeout(WAIT.timeout));
  const { searchAttributes } = await kit.client.workflow.getHandle(`governor-${world.model}`).describe();
  expect(searchAttributes).toMatchObject({ AssayModel: [world.model] });
});

test('a freeze lets nothing start, and stands in the log', async () => {
  const governor = await start();
  await governor.signal('freeze', { by: 'an auditor', reason: 'audit' });
  expect((await ask(governor, 'frozen', true)).decision).toMatchObject({
    decision: 'no-action',
    reasons: [{ measure: 'frozen', reason: 'an auditor: audit' }, {}],
  });
  await governor.signal('resume', { by: 'an auditor', reason: 'done' });
  expect((await ask(governor, 'resumed', true)).retraining).toMatchObject({ promoted: { version: 1 } });
  expect((await registry.log(world.model)).map(({ kind }) => kind)).toEqual([
    'freeze',
    'decision',
    'freeze',
    'decision',
    'registered',
    'gate',
    'alias',
  ]);
});

test('a word that comes with an ask is taken down before it is decided', async () => {
  const governor = await start();
  const say = (says: 'retrain' | 'freeze' | 'resume'): Promise<Answer> => {
    const word = { says, by: 'dana', reason: `to ${says}` };
    return governor.executeUpdate('decide', { args: [{ key: says, asOf: asOf(), wait: true, word }] });
  };
  expect((await say('freeze')).decision).toMatchObject({
    decision: 'no-action',
    reasons: [{ reason: 'dana: to freeze' }, {}],
  });
  expect((await say('retrain')).decision.decision).toBe('no-action');
  expect(world.trainings).toBe(0);
  expect(await say('resume')).toMatchObject({
    decision: { decision: 'retrain' },
    retraining: { promoted: { version: 1 } },
  });
  world.matured.push(month(4));
  // Another key, for under its own an ask is the same for ever.
  const again = {
    key: 'again',
    asOf: asOf(),
    wait: true,
    word: { says: 'retrain', by: 'dana', reason: 'r' },
  };
  expect(await governor.executeUpdate('decide', { args: [again] })).toMatchObject({
    decision: { decision: 'retrain', reasons: [{ measure: 'request' }] },
  });
  expect(world.trainings).toBe(2);
});

test('a champion below its floor calls a person, once for the labels of an interval', async () => {
  const governor = await start();
  await ask(governor, 'first model', true);
  expect(world.pages.size).toBe(0);
  world.matured.push(month(4));
  const low = {
    kind: 'performance',
    name: 'auc',
    level: 'critical',
    value: 0.6,
    threshold: 'floor 0.62',
  } as const;
  world.judged = [{ ...drifted(4), measures: [low] }];
  expect((await ask(governor, 'low', true)).decision.page).toMatchObject({ value: 0.6, floor: 0.62 });
  await ask(governor, 'still low', true);
  expect([...world.pages]).toEqual([
    [`governor/${world.model}/1/floor/${month(4).start}`, `${world.model} is below its floor`],
  ]);
});

test('drift that has lasted and can be learnt leads to a retraining of the champion', async () => {
  const governor = await start();
  await ask(governor, 'first model', true);
  world.matured.push(month(4), month(5), month(6));
  world.judged = [drifted(5), drifted(6)];
  const { decision, retraining: outcome } = await ask(governor, 'drift', true);
  expect(decision).toMatchObject({
    decision: 'retrain',
    champion: 1,
    reasons: [{ measure: 'feature_psi of a' }, {}],
  });
  // Its stand-in was judged on no champion's rows, and so no gain is shown.
  expect(outcome).toMatchObject({ challenger: { version: 2 }, promoted: null });
});

async function start(options: object = {}): Promise<WorkflowHandle> {
  const { model } = world;
  return kit.client.workflow.start('governor', {
    taskQueue: QUEUE,
    workflowId: `governor-${model}`,
    args: [{ project: model, model, ...options }],
  });
}

function ask(governor: WorkflowHandle, key: string, wait = false, updateId = key): Promise<Answer> {
  return governor.executeUpdate('decide', { updateId, args: [{ key, asOf: asOf(), wait }] });
}

/** A time at which the newest month has just matured: every one is another run. */
function asOf(): string {
  return `2026-0${world.matured.length}-01T00:00:00Z`;
}

function stateOf(governor: WorkflowHandle): Promise<GovernorState> {
  return governor.query<GovernorState>('state');
}

async function decisions(): Promise<string[]> {
  const log = await registry.log(world.model);
  return log.flatMap((entry) => (entry.kind === 'decision' ? [entry.decision.decision] : []));
}

function month(number: number): MaturedInterval {
  return { start: `2025-0${number}-01T00:00:00Z`, rows: 8000, positives: 880 };
}

function drifted(number: number): JudgedInterval {
  const interval = { start: month(number).start, end: month(number + 1).start };
  const measures = ['a', 'b'].map((name) => ({
    kind: 'feature' as const,
    name,
    level: 'critical' as const,
    value: 0.4,
    threshold: 'alarm from 0.25',
  }));
  return { interval, measures, faults: [] };
}

/** The registry is the real one; data, training and evaluation are what the world says. */
function standIns(store: ReturnType<typeof createLocalStore>): TestActivities {
  const spec = () => ({
    ...readmission,
    model: world.model,
    governance: world.governance,
    training: { ...readmission.training, families: { linear } },
  });
  const own = createRegistryActivities({ store, registry, spec: spec as never, codeVersion: 'test' });
  const rules = { horizonDays: 30, everyIntervals: 6, minPositives: 800, floorAuc: 0.62 };
  const registration = () =>
    makeRegistration(store, `${world.model}-${world.trainings}`, { metrics: metrics() });
  const snapshot = async () => ({
    matured: world.matured,
    intervals: world.matured.map(({ start }) => start),
  });
  return {
    ...Object.fromEntries(Object.entries(own).map(([name, activity]) => [`registry.${name}`, activity])),
    'governance.ask': async ({ project, ...ask }: { project: string } & Ask) => {
      const signal = new AbortController().signal;
      return createGovernors(kit.client, QUEUE).ask({ project, model: world.model }, ask, signal);
    },
    'governance.policy': async () => {
      if (world.model === 'unknown') throw ApplicationFailure.nonRetryable('nobody knows this project');
      return { model: world.model, policy: world.governance, rules };
    },
    'project.spec': async () => spec(),
    'jobs.trainer': async () => ({ kind: 'local' }),
    'training.snapshot': snapshot,
    'training.prepare': async () => {
      const { dataset } = await registration();
      const trainedUntil = { interval: world.matured.at(-2)?.start ?? month(3).start, key: '1' };
      return { ...dataset, trainedUntil, snapshot: { ...dataset.snapshot, ...(await snapshot()) } };
    },
    'training.search': async () => {
      world.trainings += 1;
      return (await registration()).candidate;
    },
    'notify.page': async ({ key, title }: { key: string; title: string }) => {
      world.pages.set(key, title);
      return { posted: true };
    },
    'training.correct': async () => (await registration()).candidate,
    'training.reseed': async () => null,
    'scoring.convert': async () => (await registration()).converted,
    'evaluation.evaluate': async () => ({ artefact: (await registration()).metrics }),
    'monitoring.baseline': async () => (await registration()).baseline,
    'monitoring.judged': async () => world.judged,
    'reports.training': async () => ({ html: '', json: '' }),
  };
}

function metrics(): string {
  const estimate = { value: world.auc, low: world.auc - 0.02, high: world.auc + 0.02 };
  return JSON.stringify({
    rows: 8000,
    positives: 880,
    auc: estimate,
    gini: 0.3,
    prAuc: { value: 0.22, low: 0.2, high: 0.24 },
    logLoss: 0.33,
    brier: 0.096,
    ece: 0.01,
    ks: 0.25,
    calibration: 1,
    topShare: [],
    slices: [],
    latencyMs: 1,
    sliceDigest: 'slice',
    challengerDigest: 'challenger',
    atThreshold: { threshold: 0.15, precision: 0.2, recall: 0.4, f1: 0.3, accuracy: 0.8 },
  });
}
