/** Pipelines that nobody may start: a log for each, whose newest entry holds. */
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';

import type { ObjectStore } from '../store/contract.ts';
import type { Pause, PauseEntry, Pauses } from './contract.ts';
import { pausePrefix } from './keys.ts';
import { requireJson } from './objects.ts';

const NUMBER_DIGITS = 20;

export function createPauses(store: ObjectStore, now: () => Date = () => new Date()): Pauses {
  return {
    of: (pipeline) => readPause(store, pipeline),
    pause: async (pipeline, { by, reason }) => {
      await append(store, pipeline, { kind: 'paused', at: now().toISOString(), by, reason });
    },
    resume: (pipeline, { by }) => append(store, pipeline, { kind: 'resumed', at: now().toISOString(), by }),
  };
}

/** `undefined` where it is not paused. */
export async function readPause(store: ObjectStore, pipeline: string): Promise<Pause | undefined> {
  const newest = await newestKey(store, pipeline);
  if (newest === undefined) return undefined;
  const entry = await requireJson<PauseEntry>(store, newest);
  return entry.kind === 'paused' ? { at: entry.at, by: entry.by, reason: entry.reason } : undefined;
}

/** @param askAgain milliseconds after which somebody who can wait asks again; nobody does by default */
export function pipelinePaused(
  pipeline: string,
  { at, by, reason }: Pause,
  askAgain?: number,
): ApplicationFailure {
  const next = `assay pipelines resume ${pipeline}`;
  return ApplicationFailure.create({
    message: `${pipeline} was paused at ${at} by ${by} (${reason}), and nothing may start it. To let it run again: ${next}`,
    type: 'PipelinePaused',
    details: [{ pipeline, next }],
    nonRetryable: askAgain === undefined,
    ...(askAgain !== undefined && {
      nextRetryDelay: askAgain,
      category: ApplicationFailureCategory.BENIGN,
    }),
  });
}

/** @returns whether anything changed: what is so already is left as it is */
async function append(store: ObjectStore, pipeline: string, entry: PauseEntry): Promise<boolean> {
  for (;;) {
    const isPaused = (await readPause(store, pipeline)) !== undefined;
    if (entry.kind === 'resumed' && !isPaused) return false;
    const prefix = pausePrefix(pipeline);
    const newest = await newestKey(store, pipeline);
    const number = newest === undefined ? 1 : Number(newest.slice(prefix.length, -'.json'.length)) + 1;
    const key = `${prefix}${String(number).padStart(NUMBER_DIGITS, '0')}.json`;
    // Where somebody else came first, theirs is looked at before ours is said.
    if (await store.putIfAbsent(key, JSON.stringify(entry))) return true;
  }
}

async function newestKey(store: ObjectStore, pipeline: string): Promise<string | undefined> {
  let newest: string | undefined;
  for await (const { key } of store.list(pausePrefix(pipeline))) newest = key;
  return newest;
}
