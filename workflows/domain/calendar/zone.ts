/** Time zones as stretches of time in which the clock is a fixed way ahead of UTC. All in whole seconds since 1970. */

export interface Stretch {
  readonly from: number;
  /** Exclusive. */
  readonly until: number;
  /** What the clock shows is UTC plus this. */
  readonly offset: number;
  /** The end of what fires in it; less than `until` where the server passes over the first of two equal hours. */
  readonly firesUntil: number;
}

export type Zone = (at: number) => Stretch;

/** Daylight saving and the like last longer than this, so that two looks so far apart miss no change between them. */
const LOOK = 7 * 86_400;
const LOOKS = 13;

/** What is asked for the last time is known at once: fire times are walked through in order. */
export function createZone(timezone: string): Zone {
  const offsetAt = clockOf(timezone);
  let known: Stretch = { from: 0, until: 0, offset: 0, firesUntil: 0 };
  return (at) => {
    if (at >= known.from && at < known.until) return known;
    const offset = offsetAt(at);
    const until = endOf(offsetAt, at, offset);
    known = { from: at, until, offset, firesUntil: until - passedOver(offset, offsetAt(until)) };
    return known;
  };
}

/**
 * When the clock is put back, local times come twice. Temporal's server resolves such a time as Go does: to the first
 * where the clock is behind UTC, and finds the second one after it; to the second where it isn't, and loses the first.
 */
function passedOver(offset: number, next: number): number {
  return next >= 0 ? Math.max(0, offset - next) : 0;
}

/** The first second with another offset, or a quarter of a year on where there is none. */
function endOf(offsetAt: (at: number) => number, from: number, offset: number): number {
  for (let look = 1; look <= LOOKS; look += 1) {
    const at = from + look * LOOK;
    if (offsetAt(at) !== offset) return changeIn(offsetAt, at - LOOK, at);
  }
  return from + LOOKS * LOOK;
}

function changeIn(offsetAt: (at: number) => number, before: number, after: number): number {
  let [same, other] = [before, after];
  const offset = offsetAt(before);
  while (other - same > 1) {
    const middle = Math.floor((same + other) / 2);
    if (offsetAt(middle) === offset) same = middle;
    else other = middle;
  }
  return other;
}

function clockOf(timezone: string): (at: number) => number {
  if (timezone === 'UTC') return () => 0;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (at) => {
    const shown = new Map(format.formatToParts(at * 1000).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes): number => shown.get(type) ?? 0;
    const [year, month, day] = [part('year'), part('month'), part('day')];
    return Date.UTC(year, month - 1, day, part('hour'), part('minute'), part('second')) / 1000 - at;
  };
}
