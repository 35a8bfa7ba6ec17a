/** Activities as workflow code calls them: by domain, with a profile, on the queue that serves the profile. */
import { proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { Profile } from './profiles.ts';

const CONTROL = 'control';

/** `activities<LakeActivities>('lake', QUERY).ingest(…)` is the activity type `lake.ingest`. */
export function activities<A extends object>(domain: string, { queue, ...options }: Profile): A {
  const called = new Map<string, unknown>();
  const activity = (name: string): unknown => {
    const known = called.get(name);
    if (known !== undefined) return known;
    const taskQueue = queueOf(queue, workflowInfo().taskQueue);
    const type = `${domain}.${name}`;
    const call = proxyActivities({ ...options, taskQueue })[type];
    called.set(name, call);
    return call;
  };
  return new Proxy({} as A, {
    get: (_target, name) =>
      typeof name === 'string' && name !== 'then'
        ? (...args: readonly unknown[]) =>
            (activity(name) as (...args: readonly unknown[]) => unknown)(...args)
        : undefined,
  });
}

/** `control-x` is served together with `data-x` and `training-x`; a run on any other queue keeps all to itself. */
function queueOf(queue: Profile['queue'], ofRun: string): string {
  return ofRun.startsWith(CONTROL) ? queue + ofRun.slice(CONTROL.length) : ofRun;
}
