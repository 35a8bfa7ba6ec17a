import { describe, expect, it } from 'vitest';

import { isGranted, isPoolTold } from './heard.ts';

const holder = { workflowId: 'a', firstRunId: 'b' };
const ticket = { id: 'silver/1', slots: 1, priority: 0, since: 1 };

describe('isPoolTold', () => {
  it('takes what runs say: what they ask for, give back, and hold', () => {
    expect(isPoolTold({ declared: 4, messages: [] })).toBe(true);
    const messages = [
      { holder, ask: [ticket], back: ['gold/1'] },
      { holder, held: [ticket], whole: true },
    ];
    expect(isPoolTold({ declared: 0, messages })).toBe(true);
    const wrong = { ...ticket, slots: null };
    expect(isPoolTold({ declared: 4, messages: [{ holder, ask: [wrong] }] })).toBe(true);
  });

  it.each([
    undefined,
    null,
    'tell',
    7,
    [],
    {},
    { declared: 4 },
    { declared: -1, messages: [] },
    { declared: 4, messages: [{}] },
    { declared: 4, messages: [{ holder, ask: 'silver' }] },
    { declared: 4, messages: [{ holder, ask: [{ ...ticket, id: 1 }] }] },
    { declared: 4, messages: [{ holder, back: [1] }] },
  ])('takes %j for no word of a run', (given) => {
    expect(isPoolTold(given)).toBe(false);
  });
});

describe('isGranted', () => {
  it('takes what pools say, and nothing else', () => {
    expect(isGranted({ pool: 'narrow', holder, tickets: ['silver/1'] })).toBe(true);
    for (const given of [
      undefined,
      null,
      {},
      { pool: 'narrow', tickets: [] },
      { pool: 7, holder, tickets: [] },
    ]) {
      expect(isGranted(given)).toBe(false);
    }
  });
});
