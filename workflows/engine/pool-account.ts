/** What a run wants of one pool, has of it, and has yet to tell it. Free of Temporal. */
import type { Granted, PoolHolder, PoolMessage, Refused, Ticket } from '../domain/pool/messages.ts';

/** Tickets of one priority that a run has in the queue at a time; it bounds messages and the pool's state. */
const WINDOW = 100;

export interface Wanted {
  readonly ticket: Ticket;
  readonly grant: () => void;
  readonly refuse: (error: unknown) => void;
}

export class PoolAccount {
  readonly #holder: PoolHolder;
  readonly #wanted = new Map<string, Wanted>();
  readonly #asked = new Map<string, { readonly ticket: Ticket; readonly at: number }>();
  readonly #inQueue = new Map<number, number>();
  readonly #held = new Map<string, Ticket>();
  readonly #back = new Set<string>();
  /** Granted to a workflow that had this one's ID before: given back for it. */
  readonly #strays: PoolMessage[] = [];
  /** Not asked for yet, the next one last. */
  readonly #unasked: Wanted[] = [];
  /** Which came first, of those that are equals to the pool. */
  readonly #arrivals = new WeakMap<Wanted, number>();
  #arrived = 0;
  #isSorted = true;
  #isWhole = false;
  #hasNews = false;

  constructor(holder: PoolHolder) {
    this.#holder = holder;
  }

  get hasNews(): boolean {
    return this.#hasNews;
  }

  get isWaiting(): boolean {
    return this.#wanted.size > 0;
  }

  want(wanted: Wanted): void {
    const { id } = wanted.ticket;
    this.#wanted.set(id, wanted);
    this.#arrivals.set(wanted, (this.#arrived += 1));
    this.#back.delete(id);
    this.#unasked.push(wanted);
    this.#isSorted = false;
    this.#hasNews = true;
  }

  /** What an earlier history was granted. */
  resume(ticket: Ticket): void {
    this.#held.set(ticket.id, ticket);
  }

  /** What it has, or wants no more. */
  giveBack(id: string): void {
    this.#wanted.delete(id);
    const wasAsked = this.#leaveQueue(id);
    if (!this.#held.delete(id) && !wasAsked) return;
    this.#back.add(id);
    this.#hasNews = true;
  }

  granted({ holder, tickets }: Granted): void {
    if (holder.firstRunId !== this.#holder.firstRunId) {
      this.#strays.push({ holder, back: tickets });
      this.#hasNews = true;
      return;
    }
    for (const id of tickets) {
      const wanted = this.#wanted.get(id);
      if (wanted !== undefined) this.#take(wanted);
      else if (!this.#held.has(id)) this.#back.add(id);
    }
    this.#hasNews = true;
  }

  refused({ id }: Refused, error: unknown): void {
    this.#wanted.get(id)?.refuse(error);
    this.#wanted.delete(id);
    this.#leaveQueue(id);
  }

  refuseAll(error: unknown): void {
    for (const [id, { refuse }] of this.#wanted) {
      this.giveBack(id);
      refuse(error);
    }
  }

  /** Whether anything asked for before `time` is still waited for. */
  waitsSince(time: number): boolean {
    return [...this.#asked.values()].some(({ at }) => at < time);
  }

  /** The pool may have lost what it knew: all is said again. */
  repeat(): void {
    for (const id of this.#asked.keys()) {
      const wanted = this.#wanted.get(id);
      if (wanted !== undefined) this.#unasked.push(wanted);
    }
    this.#asked.clear();
    this.#inQueue.clear();
    this.#isSorted = false;
    this.#isWhole = true;
    this.#hasNews = true;
  }

  /** What there is to tell, which is then told. */
  news(now: number): PoolMessage[] {
    this.#hasNews = false;
    const messages = this.#strays.splice(0);
    const [ask, back, isWhole] = [this.#nextAsked(now), [...this.#back], this.#isWhole];
    this.#back.clear();
    this.#isWhole = false;
    if (ask.length + back.length === 0 && !isWhole) return messages;
    const own = { holder: this.#holder, ask, back };
    return [...messages, isWhole ? { ...own, whole: true, held: [...this.#held.values()] } : own];
  }

  #take({ ticket, grant }: Wanted): void {
    this.#wanted.delete(ticket.id);
    this.#leaveQueue(ticket.id);
    this.#held.set(ticket.id, ticket);
    grant();
  }

  /** The first in the pool's own order, so that whoever waits longest is never kept back by the window. */
  #nextAsked(now: number): Ticket[] {
    if (!this.#isSorted) this.#unasked.sort((one, other) => this.#byLastServed(one, other));
    this.#isSorted = true;
    const asked: Ticket[] = [];
    for (let next = this.#unasked.at(-1); next !== undefined; next = this.#unasked.at(-1)) {
      const { ticket } = next;
      const inQueue = this.#inQueue.get(ticket.priority) ?? 0;
      const isWanted = this.#wanted.get(ticket.id) === next;
      if (isWanted && inQueue >= WINDOW) break;
      this.#unasked.pop();
      if (!isWanted) continue;
      this.#inQueue.set(ticket.priority, inQueue + 1);
      this.#asked.set(ticket.id, { ticket, at: now });
      asked.push(ticket);
    }
    return asked;
  }

  #byLastServed(one: Wanted, other: Wanted): number {
    const [a, b] = [one.ticket, other.ticket];
    const arrivals = (this.#arrivals.get(other) ?? 0) - (this.#arrivals.get(one) ?? 0);
    return a.priority - b.priority || b.since - a.since || arrivals;
  }

  #leaveQueue(id: string): boolean {
    const asked = this.#asked.get(id);
    if (asked === undefined) return false;
    this.#asked.delete(id);
    const { priority } = asked.ticket;
    this.#inQueue.set(priority, (this.#inQueue.get(priority) ?? 1) - 1);
    return true;
  }
}
