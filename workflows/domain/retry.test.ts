import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decideRetry, type Cause } from './retry.ts';

const transient: Cause = { type: 'Busy', message: '', permanent: false };
const permanent: Cause = { type: 'Gone', message: '', permanent: true };
const exponential = { attempts: 5, delay: '1s', backoff: 3, maxDelay: '10s' } as const;

describe('decideRetry', () => {
  test('does not retry by default', () => {
    expect(decideRetry({}, 1, [transient], 0)).toEqual({ kind: 'fail', reason: 'exhausted' });
  });

  test('waits longer each time, up to the cap, as often as declared', () => {
    const delays = [1, 2, 3, 4, 5].map((tries) => decideRetry(exponential, tries, [transient], 0.5));
    expect(delays).toEqual([
      { kind: 'retry', delayMs: 1000 },
      { kind: 'retry', delayMs: 3000 },
      { kind: 'retry', delayMs: 9000 },
      { kind: 'retry', delayMs: 10_000 },
      { kind: 'fail', reason: 'exhausted' },
    ]);
  });

  test('never retries what is permanent, unless a rule says otherwise', () => {
    expect(decideRetry(exponential, 1, [transient, permanent], 0)).toMatchObject({ reason: 'permanent' });
    const on = [{ error: 'Gone', delay: '5m' }] as const;
    expect(decideRetry({ ...exponential, on }, 1, [permanent], 0)).toEqual({
      kind: 'retry',
      delayMs: 300_000,
    });
  });

  test('finds rules along the whole chain of causes, the first rule first', () => {
    const on = [
      { error: 'AccessDenied', fail: true },
      { error: 'Busy', delay: 7 },
    ] as const;
    const denied = { ...transient, type: 'AccessDenied' };
    expect(decideRetry({ attempts: 9, on }, 1, [transient, denied], 0)).toMatchObject({ reason: 'rule' });
    expect(decideRetry({ attempts: 9, on }, 1, [transient], 0)).toEqual({ kind: 'retry', delayMs: 7 });
  });

  test('keeps a jittered delay within its share', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), (random) => {
        const decision = decideRetry({ attempts: 2, delay: 1000, jitter: 0.25 }, 1, [transient], random);
        return decision.kind === 'retry' && decision.delayMs >= 750 && decision.delayMs <= 1250;
      }),
    );
  });
});
