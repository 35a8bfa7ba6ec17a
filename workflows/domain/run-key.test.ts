import { describe, expect, it } from 'vitest';

import { keyProblem } from './run-key.ts';

describe('keyProblem', () => {
  it.each(['north', '2026-01-01', 'eu/south', 'readmission-uci', 'Zürich'])('takes %s for a key', (key) => {
    expect(keyProblem(key)).toBeUndefined();
  });

  it.each([[''], ['a b'], ['a\n'], ['\u0000'], ['x'.repeat(129)], [7], [null], [{}]])('refuses %j', (key) => {
    expect(keyProblem(key)).toContain('is no key of a run');
  });
});
