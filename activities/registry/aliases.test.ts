import { expect, test } from 'vitest';
import type { Verdict } from '../../workflows/domain/gates.ts';
import { replay } from './aliases.ts';
import type { RegistryEvent } from './contract.ts';

test('a registered version is the challenger until it is promoted', () => {
  expect(replay([registered(1)])).toEqual({ challenger: 1 });
  expect(replay([registered(1), promoted(1)])).toEqual({ champion: 1 });
});

test('a challenger that fails its gate is one no longer, one that is held stays', () => {
  expect(replay([registered(1), judged(1, 'fail')])).toEqual({});
  expect(replay([registered(1), judged(1, 'hold')])).toEqual({ challenger: 1 });
  expect(replay([registered(1), registered(2), judged(1, 'fail')])).toEqual({ challenger: 2 });
});

test('promotion makes the champion before it previous and leaves a younger challenger alone', () => {
  const log = [registered(1), promoted(1), registered(2), promoted(2), registered(3), promoted(1)];
  expect(replay(log)).toEqual({ champion: 1, previous: 2, challenger: 3 });
});

test('promoting the champion again changes nothing', () => {
  expect(replay([registered(1), promoted(1), registered(2), promoted(2), promoted(2)])).toEqual({
    champion: 2,
    previous: 1,
  });
});

test('the way back leads one step', () => {
  expect(replay([registered(1), promoted(1), registered(2), promoted(2), rolledBack(2, 1)])).toEqual({
    champion: 1,
  });
});

const WHO = { key: 'k', by: 'someone' };

function registered(version: number): RegistryEvent {
  return { ...WHO, kind: 'registered', version, digest: `digest ${version}` };
}

function judged(version: number, verdict: Verdict): RegistryEvent {
  return { ...WHO, kind: 'gate', version, against: null, verdict: { verdict, results: [] } };
}

function promoted(version: number): RegistryEvent {
  return { ...WHO, kind: 'alias', alias: 'champion', version, expected: null, reason: '' };
}

function rolledBack(from: number, version: number): RegistryEvent {
  return { ...WHO, kind: 'rollback', from, version, reason: '' };
}
