import { describe, expect, it } from 'vitest';

import type { RegistryEntry } from '../activities/registry/contract.ts';
import { championSince } from './champion-age.ts';

const entry = (number: number, event: object): RegistryEntry =>
  ({
    number,
    at: `2026-0${number}-01T00:00:00Z`,
    key: String(number),
    by: 'test',
    ...event,
  }) as RegistryEntry;
const champion = (number: number, version: number | null): RegistryEntry =>
  entry(number, { kind: 'alias', alias: 'champion', version, expected: null, reason: '' });
const challenger = entry(5, { kind: 'alias', alias: 'challenger', version: 3, expected: null, reason: '' });

describe('championSince', () => {
  it('is the time of the last promotion', () => {
    expect(championSince([champion(1, 1), champion(3, 2), challenger])).toBe('2026-03-01T00:00:00Z');
  });

  it('begins again with a step back', () => {
    const back = entry(4, { kind: 'rollback', from: 2, version: 1, reason: '' });
    expect(championSince([champion(1, 1), champion(3, 2), back, challenger])).toBe('2026-04-01T00:00:00Z');
  });

  it('has no answer where there is no champion', () => {
    expect(championSince([challenger])).toBeUndefined();
    expect(championSince([champion(1, 1), champion(2, null)])).toBeUndefined();
  });
});
