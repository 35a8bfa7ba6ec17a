/**
 * What a pool is told while it has yet to learn who holds its slots: it hears it once it knows. Of each holder one
 * message is kept, which says as much as all that it has sent.
 */
import type { PoolMessage, PoolTold, Ticket } from './messages.ts';
import { emptyPool, holderKey, Pool, type PoolView } from './pool.ts';

/** Requests that travel into a new history; whoever finds no room asks again. It keeps them under Temporal's 2 MiB. */
const MOST_CARRIED = 4_000;

/** In a configuration, or by hand. */
type Size = readonly ['declared' | 'set', slots: number];

export interface CarriedBacklog {
  readonly sizes: readonly Size[];
  readonly messages: readonly PoolMessage[];
}

export class Backlog {
  readonly #sizes: Size[];
  readonly #messages: Map<string, PoolMessage>;

  constructor({ sizes, messages }: CarriedBacklog = { sizes: [], messages: [] }) {
    this.#sizes = [...sizes];
    this.#messages = new Map(messages.map((message) => [holderKey(message.holder), message]));
  }

  hear({ declared, messages }: PoolTold): void {
    this.#size('declared', declared);
    for (const message of messages) {
      const key = holderKey(message.holder);
      const before = this.#messages.get(key);
      this.#messages.set(key, before === undefined ? message : both(before, message));
    }
  }

  resize(slots: number): void {
    this.#size('set', slots);
  }

  tellTo(pool: Pool, now: number): void {
    for (const [how, slots] of this.#sizes) {
      if (how === 'declared') pool.declare(slots);
      else pool.resize(slots);
    }
    for (const message of this.#messages.values()) pool.hear(message, now);
  }

  /** As far as it has been told. */
  view(declared: number, now: number): PoolView {
    const pool = new Pool(emptyPool(declared));
    this.tellTo(pool, now);
    return pool.view();
  }

  carried(): CarriedBacklog {
    let room = MOST_CARRIED;
    const messages = [...this.#messages.values()].map((message) => {
      const ask = (message.ask ?? []).slice(0, room);
      room -= ask.length;
      return { ...message, ask };
    });
    return { sizes: this.#sizes, messages };
  }

  #size(...size: Size): void {
    const [how, slots] = this.#sizes.at(-1) ?? [];
    if (how !== size[0] || slots !== size[1]) this.#sizes.push(size);
  }
}

/** A message that leaves a pool as the two would, one after the other. */
function both(first: PoolMessage, second: PoolMessage): PoolMessage {
  const { holder, ask = [], back = [], held = [], whole = false } = second;
  const [gone, said] = [new Set(back), new Set([...ask, ...held].map(({ id }) => id))];
  const has = new Set(held.map(({ id }) => id));
  const stays = ({ id }: Ticket): boolean => !gone.has(id) && (!whole || said.has(id));
  const asked = new Map<string, Ticket>();
  for (const ticket of [...(first.ask ?? []).filter(stays), ...ask]) {
    // Whoever came first keeps its place.
    if (!has.has(ticket.id) && !asked.has(ticket.id)) asked.set(ticket.id, ticket);
  }
  return {
    holder,
    ask: [...asked.values()],
    back: [...new Set([...(first.back ?? []), ...back])],
    held: [...(first.held ?? []).filter(stays), ...held],
    ...((whole || first.whole === true) && { whole: true }),
  };
}
