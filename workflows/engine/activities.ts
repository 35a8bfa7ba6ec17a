/** Activities as workflow code calls them: by domain, with a profile, on the queue that serves the profile. */
import {
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
  TemporalFailure,
  workflowInfo,
  type LocalActivityOptions,
} from '@temporalio/workflow';
import { causesOf } from './failures.ts';
import type { Profile } from './profiles.ts';

const CONTROL = 'control';

/** Well under the time of a workflow task, for it is part of one. */
const ON_THE_SPOT: LocalActivityOptions = {
  scheduleToCloseTimeout: '4s',
  cancellationType: 'TRY_CANCEL',
  retry: { maximumAttempts: 1 },
};

type Call = (...args: readonly unknown[]) => Promise<unknown>;

/** `activities<LakeActivities>('lake', QUERY).ingest(…)` is the activity type `lake.ingest`. */
export function activities<A extends object>(domain: string, profile: Profile): A {
  return byName<A>(domain, (type) => scheduled(type, profile));
}

/**
 * As `activities`, but tried once as a local activity, within the workflow task that asks: two ways through the server
 * less. What that does not bring is asked for as an activity like any other: with the profile's patience, and where
 * people see what it fails of. Only for short effects that may be repeated: a killed worker leaves no trace of them.
 */
export function promptActivities<A extends object>(domain: string, profile: Profile): A {
  return byName<A>(domain, (type) => {
    const prompt = proxyLocalActivities(ON_THE_SPOT)[type] as Call;
    return async (...args) => {
      try {
        return await prompt(...args);
      } catch (error) {
        if (!mayPass(error)) throw error;
        return scheduled(type, profile)(...args);
      }
    };
  });
}

/** Each made when it is first called: where the run is known, and once. */
function byName<A extends object>(domain: string, make: (type: string) => Call): A {
  const made = new Map<string, Call>();
  const call = (name: string): Call => {
    const known = made.get(name) ?? make(`${domain}.${name}`);
    made.set(name, known);
    return known;
  };
  return new Proxy({} as A, {
    get: (_target, name) =>
      typeof name === 'string' && name !== 'then'
        ? (...args: readonly unknown[]) => call(name)(...args)
        : undefined,
  });
}

function scheduled(type: string, { queue, ...options }: Profile): Call {
  const taskQueue = queueOf(queue, workflowInfo().taskQueue);
  return proxyActivities({ ...options, taskQueue })[type] as Call;
}

/** A worker that does not know the activity is no failure of Temporal's: such a workflow task waits for another worker. */
function mayPass(error: unknown): boolean {
  if (!(error instanceof TemporalFailure) || isCancellation(error)) return false;
  return causesOf(error).every(({ permanent }) => !permanent);
}

/** `control-x` is served together with `data-x` and `training-x`; a run on any other queue keeps all to itself. */
function queueOf(queue: Profile['queue'], ofRun: string): string {
  return ofRun.startsWith(CONTROL) ? queue + ofRun.slice(CONTROL.length) : ofRun;
}
