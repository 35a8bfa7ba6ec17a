/**
 * Messages of many runs as few signals: while one is on its way, what comes meanwhile gathers and goes together.
 * A signal for each task collapses at some hundreds of tasks; so a burst costs a handful, and a lone message nothing.
 */
export interface Outbox<Message> {
  /** Resolves when the message has arrived; rejects when the signal that carried it did not. */
  send(pool: string, message: Message): Promise<void>;
}

/** @param most in one signal */
export function createOutbox<Message>(
  deliver: (pool: string, messages: readonly Message[]) => Promise<void>,
  most: number,
): Outbox<Message> {
  const boxes = new Map<string, Box<Message>>();
  return {
    send(pool, message) {
      const box = boxes.get(pool) ?? { letters: [], isBusy: false };
      boxes.set(pool, box);
      return new Promise((resolve, reject) => {
        box.letters.push({ message, resolve, reject });
        if (!box.isBusy) void empty(box, (messages) => deliver(pool, messages), most);
      });
    },
  };
}

interface Letter<Message> {
  readonly message: Message;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

interface Box<Message> {
  letters: Letter<Message>[];
  isBusy: boolean;
}

async function empty<Message>(
  box: Box<Message>,
  deliver: (messages: readonly Message[]) => Promise<void>,
  most: number,
): Promise<void> {
  box.isBusy = true;
  while (box.letters.length > 0) {
    const letters = box.letters.splice(0, most);
    try {
      await deliver(letters.map(({ message }) => message));
      for (const { resolve } of letters) resolve();
    } catch (error) {
      for (const { reject } of letters) reject(error);
    }
  }
  box.isBusy = false;
}
