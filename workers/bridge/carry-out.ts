/** Does what rules say about a message: every effect once, however often the message comes. */
import { createHash } from 'node:crypto';
import type { ObjectStore } from '../../activities/store/contract.ts';
import { NotAnEvent, parseEvents, type OutsideEvent } from '../../workflows/domain/events/event.ts';
import {
  effectsOf,
  type DueEffect,
  type Effect,
  type EventRule,
} from '../../workflows/domain/events/rule.ts';
import { Poison } from './bridge.ts';

export interface CarryOutDeps {
  readonly rules: readonly EventRule[];
  readonly store: Pick<ObjectStore, 'head' | 'putIfAbsent'>;
  /** Doing it twice under one key changes nothing, as far as Temporal remembers. @returns what was done, for people */
  readonly perform: (effect: Effect, due: { readonly key: string; readonly at: string }) => Promise<string>;
}

/** @throws Poison */
export function createHandler({ rules, store, perform }: CarryOutDeps): (body: string) => Promise<void> {
  const underWay = new Map<string, Promise<void>>();

  const once = async ({ key, effect }: DueEffect, event: OutsideEvent): Promise<void> => {
    const object = doneKey(key);
    if ((await store.head(object)) !== undefined) return;
    const outcome = await perform(effect, { key, at: event.at });
    await store.putIfAbsent(object, JSON.stringify({ key, at: new Date().toISOString(), effect, outcome }));
  };
  /** Repetitions often come together. */
  const together = (due: DueEffect, event: OutsideEvent): Promise<void> => {
    const doing = underWay.get(due.key) ?? once(due, event).finally(() => underWay.delete(due.key));
    underWay.set(due.key, doing);
    return doing;
  };

  return async (body) => {
    for (const event of sensible(() => parseEvents(body))) {
      for (const due of sensible(() => effectsOf(event, rules))) await together(due, event);
    }
  };
}

/** Where it stands that an effect has been had: `events/<digest of its key>.json`. */
function doneKey(key: string): string {
  return `events/${createHash('sha256').update(key).digest('hex')}.json`;
}

/** A body that can't be read, and a rule that throws on it, will do so every time. */
function sensible<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    const why =
      error instanceof NotAnEvent ? error.message : `a rule can't be applied to it: ${String(error)}`;
    throw new Poison(why, { cause: error });
  }
}
