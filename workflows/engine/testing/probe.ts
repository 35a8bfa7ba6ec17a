/** Activities that do as a test tells them, and remember how often they were asked. */
import { ApplicationFailure } from '@temporalio/common';
import type { TestActivities } from './kit.ts';

export interface Probe {
  readonly activities: TestActivities;
  /** The next calls of `flaky` with this key fail so, one after another. */
  fail(key: string, ...errors: readonly ProbeError[]): void;
  /** Calls of `flaky` and `echo`, by key or value. */
  calls(key: string): number;
}

interface ProbeError {
  readonly type: string;
  readonly permanent?: boolean;
}

export function createProbe(): Probe {
  const planned = new Map<string, ProbeError[]>();
  const counted = new Map<string, number>();
  const count = (key: string): void => void counted.set(key, (counted.get(key) ?? 0) + 1);
  return {
    fail: (key, ...errors) => void planned.set(key, [...errors]),
    calls: (key) => counted.get(key) ?? 0,
    activities: {
      'probe.echo': async (value: unknown) => {
        count(JSON.stringify(value));
        return value;
      },
      /** `key`, or `item:bytes:…` for a result of so many bytes. */
      'probe.flaky': async (given: string) => {
        const [key = '', bytes] = given.split(':');
        count(key);
        const error = planned.get(key)?.shift();
        if (error === undefined) return bytes === undefined ? key : key.padEnd(Number(bytes), '.');
        const { type, permanent = true } = error;
        throw ApplicationFailure.create({ message: `${key} went wrong`, type, nonRetryable: permanent });
      },
      'probe.large': async (bytes: number) => 'x'.repeat(bytes),
    },
  };
}
