/** Times as people write them. */

const WRITTEN = /^(\d{4})-(\d\d)-(\d\d)(T.+)?$/;

/**
 * Milliseconds of a date, which is its midnight in UTC, or of a time in RFC 3339; nothing for what is neither.
 * `Date.parse` alone would take the 30th of February for the 1st of March.
 */
export function timeAt(text: string): number | undefined {
  const [, year, month, day] = WRITTEN.exec(text) ?? [];
  const at = Date.parse(text);
  if (day === undefined || Number.isNaN(at)) return undefined;
  const lastOfMonth = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  return Number(day) <= lastOfMonth ? at : undefined;
}
