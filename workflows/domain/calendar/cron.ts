/**
 * Cron expressions, read strictly: what classic cron does not know is refused, not guessed. Where both days of the
 * month and days of the week are restricted, either is enough, as in classic cron and in Airflow; Temporal's own cron
 * strings want both, which is why the server gets the sets and not the text.
 */
import { range, sorted, type ClockTimes } from './clock-times.ts';

interface Field {
  readonly name: string;
  readonly first: number;
  readonly last: number;
  /** Understood, though beyond the last. */
  readonly also?: number;
  /** Names of the values, from `first` on. */
  readonly names?: readonly string[];
}

const SECOND: Field = { name: 'second', first: 0, last: 59 };
const MINUTE: Field = { name: 'minute', first: 0, last: 59 };
const HOUR: Field = { name: 'hour', first: 0, last: 23 };
const DAY: Field = { name: 'day of month', first: 1, last: 31 };
const MONTH: Field = {
  name: 'month',
  first: 1,
  last: 12,
  names: ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'],
};
/** 7 is Sunday as well, so that `5-7` is a weekend. */
const WEEKDAY: Field = {
  name: 'day of week',
  first: 0,
  last: 6,
  also: 7,
  names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'],
};

const PRESETS: Readonly<Record<string, string>> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
};

/** @throws RangeError naming the field */
export function parseCron(text: string): ClockTimes[] {
  const given = PRESETS[text.trim().toLowerCase()] ?? text;
  const parts = given.trim().split(/\s+/);
  const [second, minute, hour, day, month, weekday] = parts.length === 5 ? ['0', ...parts] : parts;
  if (parts.length > 6 || weekday === undefined) {
    const presets = Object.keys(PRESETS).join(', ');
    throw new RangeError(
      `'${text}' is no cron expression: five fields are expected (minute, hour, day of month, month, day of week), six with seconds first, or one of ${presets}`,
    );
  }
  const every = {
    seconds: values(SECOND, second ?? '', text),
    minutes: values(MINUTE, minute ?? '', text),
    hours: values(HOUR, hour ?? '', text),
    days: values(DAY, day ?? '', text),
    months: values(MONTH, month ?? '', text),
    weekdays: sorted(values(WEEKDAY, weekday, text).map((value) => value % 7)),
  };
  const [allDays, allWeekdays] = [range(1, 31), range(0, 6)];
  if (every.days.length === allDays.length || every.weekdays.length === allWeekdays.length) return [every];
  return [
    { ...every, weekdays: allWeekdays },
    { ...every, days: allDays },
  ];
}

function values(field: Field, text: string, whole: string): number[] {
  return sorted(text.split(',').flatMap((item) => itemValues(field, item, whole)));
}

/** `*`, `5`, `1-5`, each with a step or without; `5/10` goes on from 5, as most crons read it. */
function itemValues(field: Field, item: string, whole: string): number[] {
  const [, all, from, to, step] = /^(?:(\*)|(\w+)(?:-(\w+))?)(?:\/(\d+))?$/.exec(item) ?? [];
  const wrong = (why: string): RangeError =>
    new RangeError(`the ${field.name} '${item}' of '${whole}' ${why}`);
  if (all === undefined && from === undefined)
    throw wrong('is not understood: write *, 5, 1-5, */15 or lists of them');
  const first = from === undefined ? field.first : value(field, from, wrong);
  const open = all !== undefined || (to === undefined && step !== undefined);
  const last = to === undefined ? (open ? field.last : first) : value(field, to, wrong);
  if (first > last) throw wrong('ends before it begins');
  if (Number(step ?? 1) < 1) throw wrong('has a step of 0');
  return range(first, last, Number(step ?? 1));
}

function value(field: Field, text: string, wrong: (why: string) => RangeError): number {
  const named = field.names?.indexOf(text.toLowerCase()) ?? -1;
  const number = named >= 0 ? field.first + named : /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= field.first && number <= (field.also ?? field.last)) return number;
  throw wrong(`is out of range: ${field.first} to ${field.last}${field.names ? ' or the names' : ''}`);
}
