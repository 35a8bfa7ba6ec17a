import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { ApplicationFailure } from '@temporalio/common';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import type { ProjectSpec } from '../../workflows/domain/project.ts';
import type { ObjectStore } from '../store/contract.ts';
import { createLocalStore } from '../store/local-store.ts';
import { createRegistryActivities } from './activities.ts';
import { replay } from './aliases.ts';
import type { Registry, RegistryActivities, RegistryEntry } from './contract.ts';
import { createRegistry } from './registry.ts';
import { makeRegistration } from './testing/registrations.ts';
import { scheduledStore } from './testing/scheduled-store.ts';

const MODEL = 'demo-model';
const spec = (): ProjectSpec => ({ model: MODEL }) as ProjectSpec;

let folder: string;
let store: ObjectStore;
let registry: Registry;
let activities: RegistryActivities;

beforeEach(async () => {
  folder = await temporaryFolder('registry');
  store = createLocalStore(folder);
  registry = createRegistry(store);
  activities = createRegistryActivities({ codeVersion: 'test', store, registry, spec });
});

describe('register', () => {
  test('keeps a version with all its artefacts, and makes it the challenger', async () => {
    const registration = await makeRegistration(store, 'a');
    const pinned = await activities.register(registration);
    expect(pinned).toEqual({ model: MODEL, version: 1, digest: registration.converted.onnx.digest });
    expect(await registry.models()).toEqual([MODEL]);
    expect(await registry.aliases(MODEL)).toEqual({ challenger: 1 });
    expect(await activities.pinned({ model: MODEL, alias: 'challenger' })).toEqual(pinned);
    expect(text(await registry.artefact(MODEL, 1, 'onnx'))).toBe('onnx of a');
    expect(text(await registry.artefact(MODEL, 1, 'trainer'))).toBe('trainer of a');
    expect(text(await registry.artefact(MODEL, 1, 'encoder'))).toBe('encoder of a');
    expect(text(await registry.artefact(MODEL, 1, 'metrics'))).toBe('metrics of a');
    expect(await registry.version(MODEL, 1)).toMatchObject({
      run: 'run of a',
      codeVersion: 'test',
      key: 'a',
    });
  });

  test('gives the same version to every try under one key, one after another and at once', async () => {
    const registration = await makeRegistration(store, 'a');
    const tries = await Promise.all(Array.from({ length: 8 }, () => another().register(registration)));
    expect(new Set(tries.map((pinned) => pinned.version))).toEqual(new Set([1]));
    await activities.register(await makeRegistration(store, 'b'));
    expect((await activities.register(registration)).version).toBe(1);
    expect((await registry.versions(MODEL)).map((version) => version.key)).toEqual(['a', 'b']);
  });

  test('is carried on by the next try where it was cut short, and not seen until then', async () => {
    const registration = await makeRegistration(store, 'a');
    const broken = { ...store, put: () => Promise.reject(new Error('killed')) };
    const dying = createRegistryActivities({ codeVersion: 'test', store: broken, registry, spec });
    await expect(dying.register(registration)).rejects.toThrow('killed');
    expect(await registry.models()).toEqual([]);
    const other = await activities.register(await makeRegistration(store, 'b'));
    expect(other.version).toBe(2);
    expect((await activities.register(registration)).version).toBe(1);
    expect((await registry.versions(MODEL)).map((version) => version.version)).toEqual([1, 2]);
  });

  test('refuses an artefact that is not what its reference says', async () => {
    const registration = await makeRegistration(store, 'a');
    await store.put(registration.converted.onnx.key, 'something else');
    await expect(activities.register(registration)).rejects.toMatchObject({ type: 'DigestMismatch' });
    expect(await registry.models()).toEqual([]);
  });

  test('loses and doubles nothing where sixteen register at once', async () => {
    const keys = Array.from({ length: 16 }, (_, index) => `writer-${index}`);
    const registrations = await Promise.all(keys.map((key) => makeRegistration(store, key)));
    const pinned = await Promise.all(registrations.map((one) => another().register(one)));
    expect(pinned.map((one) => one.version).toSorted((a, b) => a - b)).toEqual(
      keys.map((_, index) => index + 1),
    );
    expect(numbers(await registry.log(MODEL))).toEqual(keys.map((_, index) => index + 1));
    expect((await registry.versions(MODEL)).map((version) => version.key).toSorted()).toEqual(
      keys.toSorted(),
    );
  });
});

describe('promote', () => {
  test('moves the champion and keeps the one before as previous', async () => {
    await registerAll('a', 'b');
    await promote(1, null);
    await promote(2, 1);
    expect(await registry.aliases(MODEL)).toEqual({ champion: 2, previous: 1 });
    expect(await activities.pinned({ model: MODEL, alias: 'previous' })).toMatchObject({ version: 1 });
  });

  test('lets one of two win, and tells the other who holds the alias now', async () => {
    await registerAll('a', 'b');
    await promote(1, null, 'night-shift');
    await expect(promote(2, null)).rejects.toMatchObject({
      type: 'AliasConflict',
      message: expect.stringContaining('version 1 as its champion, moved by night-shift'),
      details: [expect.objectContaining({ expected: null, holder: 1, by: 'night-shift' })],
    });
  });

  test('lets exactly one of sixteen win', async () => {
    await registerAll('a', 'b');
    const outcomes = await Promise.allSettled(
      Array.from({ length: 16 }, (_, index) =>
        another().promote({ ...move(`key-${index}`), version: (index % 2) + 1, expected: null }),
      ),
    );
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
    expect((await registry.log(MODEL)).filter((entry) => entry.kind === 'alias')).toHaveLength(1);
  });

  test('happens once under one key, even after others moved on', async () => {
    await registerAll('a', 'b');
    const first = { ...move('same'), version: 1, expected: null };
    await activities.promote(first);
    await promote(2, 1);
    expect(await activities.promote(first)).toMatchObject({ version: 1 });
    expect(await registry.aliases(MODEL)).toEqual({ champion: 2, previous: 1 });
  });

  test('refuses what is not registered, naming what is', async () => {
    await expect(promote(1, null)).rejects.toMatchObject({ type: 'UnknownModel' });
    await registerAll('a', 'b');
    await expect(promote(3, null)).rejects.toMatchObject({
      type: 'UnknownVersion',
      message: expect.stringContaining('Its versions: 1, 2'),
    });
  });

  test('refuses a version whose model file was changed', async () => {
    await registerAll('a');
    const { key } = (await registry.version(MODEL, 1)).artefacts.onnx;
    await writeFile(fileURLToPath(`${store.uri}/${key}`), 'tampered');
    await expect(registry.artefact(MODEL, 1, 'onnx')).rejects.toMatchObject({ type: 'DigestMismatch' });
    await expect(promote(1, null)).rejects.toMatchObject({ type: 'DigestMismatch' });
    expect(await registry.aliases(MODEL)).toEqual({ challenger: 1 });
  });
});

describe('rollback', () => {
  test('goes back one step, once under one key, and no further', async () => {
    await registerAll('a', 'b');
    await promote(1, null);
    await promote(2, 1);
    expect(await activities.rollback(move('back'))).toMatchObject({ version: 1 });
    expect(await activities.rollback(move('back'))).toMatchObject({ version: 1 });
    expect(await registry.aliases(MODEL)).toEqual({ champion: 1 });
    await expect(activities.rollback(move('again'))).rejects.toMatchObject({ type: 'NothingToRollBack' });
  });

  test('is refused for a model that is not there', async () => {
    await expect(activities.rollback(move('back'))).rejects.toMatchObject({ type: 'UnknownModel' });
  });
});

describe('the log', () => {
  test('records gates and moves in their order', async () => {
    await registerAll('a');
    const gate = { model: MODEL, version: 1, against: null, by: 'gate', key: 'g' } as const;
    await activities.recordGate({ ...gate, verdict: { verdict: 'pass', results: [] } });
    await activities.recordGate({ ...gate, verdict: { verdict: 'pass', results: [] } });
    await promote(1, null);
    expect((await registry.log(MODEL)).map((entry) => entry.kind)).toEqual(['registered', 'gate', 'alias']);
  });

  test('is refused where an entry is gone from its middle', async () => {
    await registerAll('a', 'b');
    await store.delete([`registry/${MODEL}/log/${'1'.padStart(20, '0')}.json`]);
    await expect(createRegistry(store).log(MODEL)).rejects.toMatchObject({ type: 'RegistryLogIncomplete' });
  });

  test('of an unknown model is refused, naming the known ones', async () => {
    await registerAll('a');
    await expect(registry.log('other')).rejects.toMatchObject({
      type: 'UnknownModel',
      message: expect.stringContaining(`Known models: ${MODEL}.`),
    });
    expect(await activities.pinned({ model: 'other', alias: 'champion' })).toBeNull();
  });
});

test('whatever the interleaving of several actors, one champion follows from a log without gaps', async () => {
  const step = fc.record({
    kind: fc.constantFrom('promote', 'rollback'),
    version: fc.integer({ min: 1, max: 3 }),
  });
  const actors = fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { minLength: 2, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), actors, async (scheduler, plans) => {
      const shared = scheduledStore(scheduler);
      await scheduler.waitFor(prepare(shared));
      const applied: string[] = [];
      const refused: unknown[] = [];
      await scheduler.waitFor(
        Promise.all(plans.map((plan, index) => act(shared, plan, `actor-${index}`, applied, refused))),
      );
      const log = await scheduler.waitFor(createRegistry(shared).log(MODEL));
      const moves = log.filter((entry) => entry.kind !== 'registered');
      expect(numbers(log)).toEqual(log.map((_, index) => index + 1));
      expect(moves.map((entry) => entry.key).toSorted()).toEqual(applied.toSorted());
      expect(holdsTogether(log)).toBe(true);
      expect(refused.filter((type) => type !== 'AliasConflict' && type !== 'NothingToRollBack')).toEqual([]);
    }),
    { numRuns: 60 },
  );
});

/** Every move began from the champion that its predecessors left, and left exactly one. */
function holdsTogether(log: readonly RegistryEntry[]): boolean {
  return log.every((entry, index) => {
    const before = replay(log.slice(0, index));
    const after = replay(log.slice(0, index + 1));
    if (entry.kind === 'alias') {
      return entry.expected === (before.champion ?? null) && after.champion === entry.version;
    }
    if (entry.kind === 'rollback') {
      return (
        entry.from === before.champion && before.previous === after.champion && after.previous === undefined
      );
    }
    return true;
  });
}

async function prepare(shared: ObjectStore): Promise<void> {
  const own = createRegistryActivities({
    codeVersion: 'test',
    store: shared,
    registry: createRegistry(shared),
    spec,
  });
  for (const key of ['a', 'b', 'c']) await own.register(await makeRegistration(shared, key));
}

async function act(
  shared: ObjectStore,
  plan: readonly { kind: string; version: number }[],
  actor: string,
  applied: string[],
  refused: unknown[],
): Promise<void> {
  const own = createRegistry(shared);
  const moves = createRegistryActivities({ codeVersion: 'test', store: shared, registry: own, spec });
  for (const [index, { kind, version }] of plan.entries()) {
    const request = move(`${actor}-${index}`);
    const expected = (await own.aliases(MODEL)).champion ?? null;
    const moved =
      kind === 'promote' ? moves.promote({ ...request, version, expected }) : moves.rollback(request);
    try {
      await moved;
      applied.push(request.key);
    } catch (error) {
      refused.push(error instanceof ApplicationFailure ? error.type : error);
    }
  }
}

/** Another process: it shares the store and nothing else. */
function another(): RegistryActivities {
  return createRegistryActivities({ codeVersion: 'test', store, registry: createRegistry(store), spec });
}

async function registerAll(...keys: string[]): Promise<void> {
  for (const key of keys) await activities.register(await makeRegistration(store, key));
}

function promote(version: number, expected: number | null, by = 'test'): Promise<unknown> {
  return activities.promote({ ...move(`promote-${version}-${expected}`), version, expected, by });
}

function move(key: string): { model: string; by: string; reason: string; key: string } {
  return { model: MODEL, by: 'test', reason: 'because', key };
}

function numbers(log: readonly RegistryEntry[]): number[] {
  return log.map((entry) => entry.number);
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
