/**
 * A pool: a number of slots, who holds them, and who waits for them in which order. Higher priorities first; within
 * a priority whoever has waited longest. Nobody overtakes the first of the queue, so that one who asks for several
 * slots gets them; one who asks for more than there are is passed over until there are as many.
 */
import type { Grant, PoolHolder, PoolMessage, Ticket } from './messages.ts';
import type { Recalling } from './recalling.ts';

/** Requests that are kept; whoever finds no room asks again. It keeps the state well under Temporal's 2 MiB. */
const MOST_WAITING = 10_000;

export interface Place extends Ticket {
  readonly holder: PoolHolder;
}

export interface HeldPlace extends Place {
  /** Milliseconds since 1970. */
  readonly grantedAt: number;
}

/** One that nobody has anything of. */
export function emptyPool(slots: number): CarriedPool {
  return { slots, declared: slots, holders: [], held: [], waiting: [], unheard: [] };
}

/**
 * The state of a pool that was cut off. Every grant is said again: who has it knows it, who has not takes it or gives
 * it back, and whoever is no more is found out.
 */
export function recalledPool(carried: CarriedPool): CarriedPool {
  return { ...carried, unheard: carried.held.map((_place, at) => at) };
}

/** For people and programs: `assay pools list --json`. */
export interface PoolView {
  readonly slots: number;
  /** More than `slots` for a while after it was made smaller. */
  readonly used: number;
  readonly held: readonly HeldPlace[];
  /** In the order in which they are served. */
  readonly waiting: readonly Place[];
  /** Only where it does not know who holds its slots: then `used` and `held` are but what it has been told. */
  readonly recalling?: Recalling;
}

/** A pool as it travels into a new history; places are kept short, for there may be thousands. */
export interface CarriedPool {
  readonly slots: number;
  /** What the configuration said when `slots` was set. */
  readonly declared: number;
  readonly holders: readonly PoolHolder[];
  readonly held: readonly (readonly [...ShortPlace, grantedAt: number])[];
  /** In the order in which they are served. */
  readonly waiting: readonly ShortPlace[];
  /** Of `held`, by position: grants that are to be said again. */
  readonly unheard: readonly number[];
}

/** The holder by its position. */
type ShortPlace = readonly [holder: number, id: string, slots: number, priority: number, since: number];

interface Party {
  readonly holder: PoolHolder;
  readonly held: Map<string, HeldPlace>;
  readonly waiting: Map<string, Place>;
}

export class Pool {
  readonly #parties = new Map<string, Party>();
  readonly #waiting: Place[] = [];
  /** Grants that are to be said again: somebody asks for what it already has. */
  readonly #unheard = new Map<string, HeldPlace>();
  #slots: number;
  #declared: number;
  #used = 0;

  constructor({ slots, declared, holders, held, waiting, unheard }: CarriedPool) {
    this.#slots = slots;
    this.#declared = declared;
    const placeOf = ([at, id, slots, priority, since]: ShortPlace): Place[] => {
      const holder = holders[at];
      return holder === undefined ? [] : [{ holder, id, slots, priority, since }];
    };
    for (const [at, [holder, id, slots, priority, since, grantedAt]] of held.entries()) {
      for (const place of placeOf([holder, id, slots, priority, since])) {
        const granted = { ...place, grantedAt };
        this.#hold(granted);
        if (unheard.includes(at)) this.#unheard.set(placeKey(granted), granted);
      }
    }
    for (const place of waiting.flatMap(placeOf)) this.#queue(place);
  }

  hear({ holder, ask = [], back = [], held = [], whole = false }: PoolMessage, now: number): void {
    for (const id of back) this.#giveBack(holder, id);
    if (whole) this.#forgetOthers(holder, new Set([...ask, ...held].map(({ id }) => id)));
    for (const ticket of held) {
      this.#withdraw(holder, ticket.id);
      if (!this.#party(holder).held.has(ticket.id)) this.#hold({ ...ticket, holder, grantedAt: now });
    }
    for (const ticket of ask) this.#ask({ ...ticket, holder });
    this.#tidy(holder);
  }

  /** Hands out what is free. The same ticket comes again only to one who has asked for it again. */
  grant(now: number): Grant[] {
    const granted = [...this.#unheard.values()];
    this.#unheard.clear();
    for (let at = 0; at < this.#waiting.length;) {
      const next = this.#waiting[at];
      if (next === undefined) break;
      if (next.slots > this.#slots) {
        at += 1;
        continue;
      }
      if (next.slots > this.#slots - this.#used) break;
      this.#waiting.splice(at, 1);
      this.#party(next.holder).waiting.delete(next.id);
      const place = { ...next, grantedAt: now };
      this.#hold(place);
      granted.push(place);
    }
    return byHolder(granted);
  }

  /** The holder is no more: what it had is free, what it wanted is forgotten. */
  forget(holder: PoolHolder): void {
    this.#forgetOthers(holder, new Set());
    this.#tidy(holder);
  }

  /** @param slots what is in use beyond that is not taken away: it comes back by itself */
  resize(slots: number): void {
    this.#slots = slots;
  }

  /** Another number in the configuration than before replaces what was set by hand. */
  declare(slots: number): void {
    if (slots === this.#declared) return;
    this.#declared = slots;
    this.#slots = slots;
  }

  get isWaitedFor(): boolean {
    return this.#waiting.length > 0;
  }

  /** Those who have slots. */
  holders(): PoolHolder[] {
    return [...this.#parties.values()].filter(({ held }) => held.size > 0).map(({ holder }) => holder);
  }

  view(): PoolView {
    const held = [...this.#parties.values()].flatMap((party) => [...party.held.values()]);
    const { used, slots } = { used: this.#used, slots: this.#slots };
    return { slots, used, held, waiting: [...this.#waiting] };
  }

  carried(): CarriedPool {
    const parties = [...this.#parties.values()];
    const position = new Map(parties.map((party, at) => [party.holder, at]));
    const short = ({ holder, id, slots, priority, since }: Place): ShortPlace => [
      position.get(this.#party(holder).holder) ?? -1,
      id,
      slots,
      priority,
      since,
    ];
    const held = parties.flatMap((party) => [...party.held.values()]);
    return {
      slots: this.#slots,
      declared: this.#declared,
      holders: parties.map(({ holder }) => holder),
      held: held.map((place) => [...short(place), place.grantedAt] as const),
      waiting: this.#waiting.map(short),
      unheard: held.flatMap((place, at) => (this.#unheard.has(placeKey(place)) ? [at] : [])),
    };
  }

  #ask(place: Place): void {
    const { held, waiting } = this.#party(place.holder);
    const granted = held.get(place.id);
    if (granted !== undefined) this.#unheard.set(placeKey(granted), granted);
    else if (!waiting.has(place.id) && this.#waiting.length < MOST_WAITING) this.#queue(place);
  }

  #queue(place: Place): void {
    this.#party(place.holder).waiting.set(place.id, place);
    this.#waiting.splice(this.#positionOf(place), 0, place);
  }

  #hold(place: HeldPlace): void {
    this.#party(place.holder).held.set(place.id, place);
    this.#used += place.slots;
  }

  #giveBack(holder: PoolHolder, id: string): void {
    this.#withdraw(holder, id);
    const { held } = this.#party(holder);
    const place = held.get(id);
    if (place === undefined) return;
    held.delete(id);
    this.#unheard.delete(placeKey(place));
    this.#used -= place.slots;
  }

  #withdraw(holder: PoolHolder, id: string): void {
    const { waiting } = this.#party(holder);
    const place = waiting.get(id);
    if (place === undefined) return;
    waiting.delete(id);
    this.#waiting.splice(this.#waiting.indexOf(place), 1);
  }

  #forgetOthers(holder: PoolHolder, kept: ReadonlySet<string>): void {
    const { held, waiting } = this.#party(holder);
    for (const id of [...held.keys(), ...waiting.keys()]) if (!kept.has(id)) this.#giveBack(holder, id);
  }

  /** Behind all that are served before it, and behind its equals: they came first. */
  #positionOf(place: Place): number {
    let [low, high] = [0, this.#waiting.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = this.#waiting[middle];
      if (other !== undefined && isBefore(place, other)) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #party(holder: PoolHolder): Party {
    const key = holderKey(holder);
    const known = this.#parties.get(key);
    if (known !== undefined) return known;
    const party = { holder, held: new Map(), waiting: new Map() };
    this.#parties.set(key, party);
    return party;
  }

  #tidy(holder: PoolHolder): void {
    const { held, waiting } = this.#party(holder);
    if (held.size + waiting.size === 0) this.#parties.delete(holderKey(holder));
  }
}

/** Whether one is served before another that was there when it came. */
function isBefore(one: Ticket, other: Ticket): boolean {
  return one.priority === other.priority ? one.since < other.since : one.priority > other.priority;
}

function byHolder(places: readonly Place[]): Grant[] {
  const grants = new Map<string, { holder: PoolHolder; tickets: string[] }>();
  for (const { holder, id } of places) {
    const key = holderKey(holder);
    const grant = grants.get(key) ?? { holder, tickets: [] };
    grant.tickets.push(id);
    grants.set(key, grant);
  }
  return [...grants.values()];
}

export function holderKey({ workflowId, firstRunId }: PoolHolder): string {
  return `${firstRunId} ${workflowId}`;
}

function placeKey({ holder, id }: Place): string {
  return `${holderKey(holder)} ${id}`;
}
