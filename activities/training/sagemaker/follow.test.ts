import { afterEach, describe, expect, it, vi } from 'vitest';

import { runAttempt } from '../../attempt.ts';
import type { JobState } from './contract.ts';
import { followJob } from './follow.ts';
import { openPlace, ORDER, type Place } from './testing/place.ts';

const asked = { order: ORDER, key: 'follow/1/job' };
let place: Place;
afterEach(() => place.close());

interface Followed {
  readonly ended: Promise<JobState>;
  /** What the heartbeats carried last. */
  readonly reached: () => unknown;
  readonly die: () => void;
}

function follow(resumeFrom?: unknown): Followed {
  const worker = new AbortController();
  let last: unknown = resumeFrom;
  const value = {
    signal: worker.signal,
    log: () => undefined,
    measure: () => undefined,
    progress: (details: unknown) => void (last = details),
    resumeFrom,
  };
  const ended = runAttempt(value, () => followJob(place.jobs(), asked, '10ms'));
  return { ended, reached: () => last, die: () => worker.abort(new Error('killed')) };
}

describe('followJob', () => {
  it('goes on from what a worker that is gone had reached, and submits nothing', async () => {
    let finish = (): void => undefined;
    const trained = new Promise<void>((resolve) => (finish = resolve));
    place = await openPlace(() => async () => {
      await trained;
      return {};
    });
    const first = follow();
    await vi.waitFor(() => expect(first.reached()).toMatchObject({ status: 'Training' }), {
      timeout: 10_000,
    });
    first.die();
    await expect(first.ended).rejects.toThrow('aborted');
    finish();

    const before = place.fake.calls.length;
    const second = await follow(first.reached()).ended;
    expect(second).toMatchObject({ status: 'Completed', end: { kind: 'completed' } });
    expect(new Set(place.fake.calls.slice(before))).toEqual(new Set(['DescribeTrainingJob']));
    expect(place.fake.jobs.size).toBe(1);
  });

  it('finds the job by its name where the worker was gone before the first heartbeat', async () => {
    place = await openPlace(() => async () => ({}));
    await place.jobs().start(asked);
    expect(await follow(undefined).ended).toMatchObject({ end: { kind: 'completed' } });
    expect(place.fake.calls.filter((call) => call === 'CreateTrainingJob')).toHaveLength(1);
  });
});
