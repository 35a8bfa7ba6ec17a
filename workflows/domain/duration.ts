/** Lengths of time as authors write them: milliseconds, or `90s`, `5m`, `1.5h`. */

export type Duration = number | `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`;

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1e3, m: 60e3, h: 3_600e3, d: 86_400e3 };
const written = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;

/** @throws RangeError for what is no length of time: negative, not finite, or an unknown unit */
export function milliseconds(duration: Duration): number {
  if (typeof duration === 'number' && Number.isFinite(duration) && duration >= 0) return duration;
  const [, amount, unit] = written.exec(String(duration)) ?? [];
  const factor = unit === undefined ? undefined : UNITS[unit];
  if (amount === undefined || factor === undefined) {
    throw new RangeError(`'${duration}' is no duration: write milliseconds or e.g. 90s, 5m, 1.5h`);
  }
  return Number(amount) * factor;
}

/** Short, for people: `250 ms`, `4.2 s`, `3 min 20 s`, `2 h 5 min`. */
export function formatDuration(ms: number): string {
  if (ms < 1e3) return `${Math.round(ms)} ms`;
  if (ms < 60e3) return `${(ms / 1e3).toFixed(1)} s`;
  const minutes = Math.floor(ms / 60e3);
  if (minutes < 60) return `${minutes} min ${Math.floor((ms % 60e3) / 1e3)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** In one number, for narrow places: `40 s`, `3 min`, `5 h`, `12 d`. */
export function roughDuration(ms: number): string {
  if (ms < 1e3) return `${Math.round(ms)} ms`;
  if (ms < 100e3) return `${Math.floor(ms / 1e3)} s`;
  if (ms < 100 * 60e3) return `${Math.floor(ms / 60e3)} min`;
  const hours = Math.floor(ms / 3_600e3);
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} d`;
}
