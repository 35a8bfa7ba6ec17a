/** Whether a failed try is followed by another, and when: the pure half of a task's retries. */
import { milliseconds, type Duration } from './duration.ts';

export interface Retries {
  /** Tries in all, the first one included. 1 by default. */
  readonly attempts?: number;
  /** Before the second try. 1 s by default. */
  readonly delay?: Duration;
  /** Each further delay is this many times the one before. 2 by default. */
  readonly backoff?: number;
  /** 1 h by default. */
  readonly maxDelay?: Duration;
  /** Delays are spread by up to this share of themselves, either way. 0 by default. */
  readonly jitter?: number;
  /** Rules by error type, looked for along the whole chain of causes; the first that matches decides. */
  readonly on?: readonly RetryRule[];
}

type RetryRule =
  | { readonly error: string; readonly delay: Duration }
  | { readonly error: string; readonly fail: true };

/** One link of a chain of causes, outermost first. */
export interface Cause {
  readonly type: string;
  readonly message: string;
  /** Marked so by whoever threw it. */
  readonly permanent: boolean;
  readonly details?: unknown;
}

export type RetryDecision =
  | { readonly kind: 'retry'; readonly delayMs: number }
  | { readonly kind: 'fail'; readonly reason: 'permanent' | 'rule' | 'exhausted' };

const DEFAULTS = { attempts: 1, delay: '1s', backoff: 2, maxDelay: '1h', jitter: 0 } as const;

/**
 * @param tries how many there were, the failed one included
 * @param random in [0, 1), for the jitter
 */
export function decideRetry(
  retries: Retries,
  tries: number,
  causes: readonly Cause[],
  random: number,
): RetryDecision {
  const policy = { ...DEFAULTS, ...retries };
  const rule = policy.on?.find(({ error }) => causes.some(({ type }) => type === error));
  if (rule !== undefined && 'fail' in rule) return { kind: 'fail', reason: 'rule' };
  if (rule === undefined && causes.some(({ permanent }) => permanent)) {
    return { kind: 'fail', reason: 'permanent' };
  }
  if (tries >= policy.attempts) return { kind: 'fail', reason: 'exhausted' };
  const base =
    rule === undefined
      ? milliseconds(policy.delay) * policy.backoff ** (tries - 1)
      : milliseconds(rule.delay);
  const capped = rule === undefined ? Math.min(base, milliseconds(policy.maxDelay)) : base;
  return { kind: 'retry', delayMs: Math.round(capped * (1 + policy.jitter * (2 * random - 1))) };
}
