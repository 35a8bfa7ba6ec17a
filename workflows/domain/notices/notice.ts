/** A notice: what people or their machines are told of a run, once for each key. */

/**
 * `success` and `failure` are a run's; `retry` and `skip` a task's; `deadline` a run's or a task's; `approval` is a
 * question that waits for somebody; `page` is what only a person can mend.
 */
export type NoticeEvent = 'success' | 'failure' | 'retry' | 'skip' | 'deadline' | 'approval' | 'page';

/** Which events go to which channels, by the names that `temporal.config.ts` gives these. */
export interface Subscription {
  readonly on: readonly NoticeEvent[];
  readonly to: readonly string[];
}

export interface Notice {
  /** The same for the same thing, however often it is told: receivers know it again by this. */
  readonly key: string;
  readonly event: NoticeEvent;
  /** RFC 3339: when it happened. */
  readonly at: string;
  /** One line. */
  readonly title: string;
  /** Plain text, whole sentences; without rows of data and without secrets. */
  readonly text: string;
  readonly pipeline?: string;
  readonly run?: string;
  readonly attempt?: number;
  /** `name`, or `name[3]` in a map. */
  readonly task?: string;
}

/** An event that a pipeline names goes where the pipeline says, any other where the environment says. */
export function subscriptionsOf(
  own: Subscription | readonly Subscription[] | undefined,
  environment: readonly Subscription[],
): Subscription[] {
  const declared = listOf(own);
  const named = new Set(declared.flatMap(({ on }) => on));
  const rest = environment.map(({ on, to }) => ({ on: on.filter((event) => !named.has(event)), to }));
  return [...declared, ...rest].filter(({ on, to }) => on.length > 0 && to.length > 0);
}

/** Each channel once. */
export function channelsFor(subscriptions: readonly Subscription[], event: NoticeEvent): string[] {
  return [...new Set(subscriptions.filter(({ on }) => on.includes(event)).flatMap(({ to }) => to))];
}

export function listOf<T extends object>(given: T | readonly T[] | undefined): readonly T[] {
  if (given === undefined) return [];
  return Array.isArray(given) ? (given as readonly T[]) : [given as T];
}
