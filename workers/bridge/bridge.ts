/**
 * Carries events from a queue into Temporal, for as long as its worker lives: what is done is removed, what can't be
 * read or has no sense is left for the queue to put aside, and while Temporal or the store fail, nothing is received.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Message, MessageQueue } from './message-queue.ts';

/** Thrown for a message that would fail however often it came: it ends among the dead letters. */
export class Poison extends Error {
  override readonly name = 'Poison';
}

export interface BridgeOptions {
  readonly queue: MessageQueue;
  /** Does all that the message asks for; doing it twice changes nothing. @throws Poison */
  readonly handle: (body: string) => Promise<void>;
  /** For people. */
  readonly note: (message: string, fields: Readonly<Record<string, unknown>>) => void;
  readonly patience?: Patience;
}

interface Patience {
  /** Seconds for which a message stays away that makes no sense: it is soon put aside. */
  readonly poisonAway: number;
  /** Seconds for which one stays away that could not be carried, four times as long each further time. */
  readonly failedAway: number;
  /** Milliseconds of the pause after a failure, doubled with each further one up to thirtyfold. */
  readonly pause: number;
}

export interface Bridge {
  /** Resolves when what was received is done, or handed back. */
  stop(): Promise<void>;
}

const PATIENCE: Patience = { poisonAway: 1, failedAway: 30, pause: 1_000 };
const LONGEST_PAUSE = 30;

export function startBridge(options: BridgeOptions): Bridge {
  const { queue, note, patience = PATIENCE } = options;
  const longer = (pause: number): number =>
    Math.min(LONGEST_PAUSE * patience.pause, pause === 0 ? patience.pause : 2 * pause);
  const stopping = new AbortController();
  const { signal } = stopping;

  const run = async (): Promise<void> => {
    let pause = 0;
    let holdSeconds: number | undefined;
    while (!signal.aborted) {
      try {
        holdSeconds ??= await prepared(options);
        const messages = await queue.receive(signal);
        const isSound = await carry(options, messages, holdSeconds);
        pause = isSound ? 0 : longer(pause);
      } catch (error) {
        if (signal.aborted) break;
        pause = longer(pause);
        note('events can not be received now', { error: String(error), again: `in ${pause} ms` });
      }
      // Ends at once when the worker is to stop.
      if (pause > 0) await sleep(pause, undefined, { signal }).catch(() => undefined);
    }
  };
  const running = run();
  return {
    stop: () => {
      stopping.abort();
      return running;
    },
  };
}

/** @returns the seconds that the queue keeps a message back for whoever has received it */
async function prepared({ queue, note }: BridgeOptions): Promise<number> {
  const { visibilitySeconds, hasDeadLetters } = await queue.attributes();
  if (!hasDeadLetters) {
    note('the queue of events has no redrive policy: what can not be read will come again and again', {});
  }
  return visibilitySeconds;
}

/** @returns whether nothing failed but what was itself at fault */
async function carry(
  options: BridgeOptions,
  messages: readonly Message[],
  holdSeconds: number,
): Promise<boolean> {
  const outcomes = await Promise.all(messages.map((message) => carryOne(options, message, holdSeconds)));
  await options.queue.remove(messages.filter((_message, at) => outcomes[at] === 'done'));
  return !outcomes.includes('failed');
}

async function carryOne(
  { queue, handle, note, patience = PATIENCE }: BridgeOptions,
  message: Message,
  holdSeconds: number,
): Promise<'done' | 'poison' | 'failed'> {
  const hold = (seconds: number): Promise<void> =>
    queue.hold(message, seconds).catch((error: unknown) => {
      note('a message could not be held: it may come again', { message: message.id, error: String(error) });
    });
  const holding = setInterval(() => void hold(holdSeconds), (holdSeconds * 1000) / 3);
  try {
    await handle(message.body);
    return 'done';
  } catch (error) {
    const { id, received } = message;
    const isPoison = error instanceof Poison;
    note(isPoison ? 'an event makes no sense' : 'an event could not be carried', {
      message: id,
      received,
      error: String(error),
    });
    // An outage of half an hour must not make dead letters of what is sound.
    await hold(isPoison ? patience.poisonAway : patience.failedAway * 4 ** (received - 1));
    return isPoison ? 'poison' : 'failed';
  } finally {
    clearInterval(holding);
  }
}
