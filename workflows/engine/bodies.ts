/** What the author hands in, as the engine takes it: its types were checked where it was written. */
import type { Retries } from '../domain/retry.ts';
import type { TriggerRule } from '../domain/trigger-rules.ts';
import type { DependsOnPast } from './order.ts';
import type { PoolOption } from './pool-turn.ts';
import type { Produces } from './produces.ts';
import type { AnyRef, Outcome } from './references.ts';
import type { TaskSpec } from './task.ts';

export interface LooseOptions {
  readonly after?: readonly AnyRef[];
  readonly when?: TriggerRule;
  readonly retries?: Retries;
  readonly timeout?: TaskSpec['timeout'];
  readonly mayFail?: boolean;
  readonly produces?: Produces;
  readonly pool?: PoolOption;
  readonly dependsOnPast?: DependsOnPast;
}

export type LooseBody = (...values: never[]) => unknown;

/** Values where the rule promises that there are some, else outcomes. */
export function argumentsOf(
  { when = 'all_success' }: LooseOptions,
  outcomes: readonly Outcome<unknown>[],
): unknown[] {
  if (when !== 'all_success') return [...outcomes];
  return outcomes.map((outcome) => (outcome.state === 'success' ? outcome.value : undefined));
}

export function call(body: LooseBody, values: readonly unknown[]): unknown {
  return (body as (...values: readonly unknown[]) => unknown)(...values);
}
