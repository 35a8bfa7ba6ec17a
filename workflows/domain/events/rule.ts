/** What is to be done about events from outside: rules as `temporal.config.ts` declares them. */
import type { Interval } from '../interval.ts';
import type { OutsideEvent } from './event.ts';

export type Effect =
  | {
      readonly do: 'start';
      readonly pipeline: string;
      readonly key?: string;
      readonly params?: unknown;
      /**
       * RFC 3339. Given, the run is that of this fire time, and nothing is done where there is one already; by default
       * every event has a run of its own, at the time of the event or the next free second.
       */
      readonly fireTime?: string;
      readonly interval?: Interval;
    }
  /** To a workflow by its ID, a governor for example; nothing is done where it does not run. */
  | { readonly do: 'signal'; readonly workflow: string; readonly signal: string; readonly payload?: unknown }
  /** To the open runs of a pipeline: those of one key, or all. */
  | {
      readonly do: 'signal-runs';
      readonly pipeline: string;
      readonly key?: string;
      readonly signal: string;
      readonly payload?: unknown;
    }
  /** A partition of an asset has come from outside: whoever waits for it is started. */
  | { readonly do: 'asset'; readonly asset: string; readonly partition: Interval & { readonly key?: string } }
  /** Sensors of open runs look at once instead of at their next turn. */
  | { readonly do: 'wake'; readonly pipeline: string; readonly key?: string };

type RuleOn<Kind extends OutsideEvent['kind']> = {
  readonly [K in Kind]: {
    /** Unique; part of what an effect is known again by. */
    readonly name: string;
    readonly on: K;
    /** Must return the same for the same event: it is asked again for every repetition. */
    readonly effect: (event: Extract<OutsideEvent, { kind: K }>) => Effect | readonly Effect[] | undefined;
  };
}[Kind];

export type EventRule = RuleOn<OutsideEvent['kind']>;

export interface DueEffect {
  /** The same for every repetition of the event. */
  readonly key: string;
  readonly effect: Effect;
}

export function effectsOf(event: OutsideEvent, rules: readonly EventRule[]): DueEffect[] {
  return rules
    .filter(({ on }) => on === event.kind)
    .flatMap(({ name, effect: asked }) => {
      // The filter has matched rule and event; their types can't say so.
      const given = (asked as (event: OutsideEvent) => ReturnType<typeof asked>)(event);
      const effects =
        given === undefined ? [] : Array.isArray(given) ? (given as readonly Effect[]) : [given as Effect];
      return effects.map((effect, at) => ({ key: `${event.id} ${name} ${at}`, effect }));
    });
}
