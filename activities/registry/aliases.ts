/** Aliases as the outcome of the log: a pure function of its entries. */
import type { Alias, RegistryEvent } from './contract.ts';

export type Aliases = Readonly<Partial<Record<Alias, number>>>;

/**
 * - `registered`: the version becomes the challenger.
 * - `gate`: a challenger that fails is one no longer; held or passed it stays.
 * - `alias` of the champion: the champion before becomes previous, and a promoted challenger is one no longer;
 *   promoting the champion changes nothing.
 * - `alias` of another: as it says.
 * - `rollback`: previous becomes champion, and there is no previous, for the way back leads one step.
 * - `approval`: a challenger that is rejected is one no longer.
 * - `decision` and `freeze` move nothing.
 */
export function replay(events: readonly RegistryEvent[]): Aliases {
  return events.reduce<Aliases>(after, {});
}

function after(aliases: Aliases, event: RegistryEvent): Aliases {
  switch (event.kind) {
    case 'registered':
      return { ...aliases, challenger: event.version };
    case 'gate':
      return event.verdict.verdict === 'fail' ? withoutChallenger(aliases, event.version) : aliases;
    case 'alias':
      return event.alias === 'champion'
        ? crown(aliases, event.version)
        : set(aliases, event.alias, event.version);
    case 'rollback':
      return set(set(aliases, 'champion', event.version), 'previous', null);
    case 'approval':
      return event.choice === 'reject' ? withoutChallenger(aliases, event.version) : aliases;
    case 'decision':
    case 'freeze':
      return aliases;
  }
}

function crown(aliases: Aliases, version: number | null): Aliases {
  if (aliases.champion === version) return aliases;
  const moved = set(set(aliases, 'previous', aliases.champion ?? null), 'champion', version);
  return version === null ? moved : withoutChallenger(moved, version);
}

function withoutChallenger(aliases: Aliases, version: number): Aliases {
  return aliases.challenger === version ? set(aliases, 'challenger', null) : aliases;
}

function set(aliases: Aliases, alias: Alias, version: number | null): Aliases {
  const { [alias]: _before, ...others } = aliases;
  return version === null ? others : { ...others, [alias]: version };
}
