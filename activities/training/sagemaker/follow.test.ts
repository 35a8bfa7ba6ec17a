import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';

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
    place = await openPlace(() => async (_input, _uploading, signal) => {
      await sleep(600, undefined, { signal });
      return {};
    });
    const first = follow();
    while ([...place.fake.jobs.values()][0]?.secondary !== 'Training') await sleep(5);
    await sleep(50);
    first.die();
    await expect(first.ended).rejects.toThrow('aborted');
    expect(first.reached()).toMatchObject({ status: 'Training' });

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
