/** Schedules as people read them. */
import type { Timetable } from '../../workflows/domain/calendar/timetable.ts';
import type { Interval } from '../../workflows/domain/interval.ts';
import type { ListedSchedule } from '../schedules/list.ts';
import type { PlannedSchedule } from '../schedules/plan.ts';
import type { Cell, Colour, Output } from './output.ts';

const SIGNS: Readonly<Record<PlannedSchedule['change'], { readonly sign: string; readonly colour: Colour }>> =
  {
    create: { sign: '+', colour: 'green' },
    update: { sign: '~', colour: 'yellow' },
    remove: { sign: '-', colour: 'red' },
    none: { sign: '=', colour: 'dim' },
  };

/** Missed intervals beyond so many of a schedule are told by a line. */
const MISSED = 10;

export function planLines(planned: readonly PlannedSchedule[], paint: Output['paint']): string[] {
  const changes = planned.filter(({ change }) => change !== 'none').length;
  const lines = planned.flatMap(({ name, change, differences, paused }) => [
    paint(`${SIGNS[change].sign} ${name}${paused === true ? ' (paused)' : ''}`, SIGNS[change].colour),
    ...differences.map(
      ({ field, from, to }) => `    ${field}: ${JSON.stringify(from)} → ${JSON.stringify(to)}`,
    ),
  ]);
  return [...lines, `${planned.length} schedules, ${changes} ${changes === 1 ? 'change' : 'changes'}`];
}

export function scheduleRow(schedule: ListedSchedule): (string | Cell)[] {
  const { name, pipeline, key, timetable, paused, next, missed } = schedule;
  return [
    name,
    key === undefined ? pipeline : `${pipeline}.${key}`,
    timetableText(timetable),
    paused ? { text: 'paused', colour: 'yellow' } : { text: 'on', colour: 'green' },
    next[0] ?? 'never',
    missed.length === 0 ? '0' : { text: String(missed.length), colour: 'yellow' },
  ];
}

/** Why it is paused, what it missed, and the command that runs it. */
export function missedLines(schedule: ListedSchedule): string[] {
  const { name, paused, note, missed } = schedule;
  const lines = missed.slice(0, MISSED).map(({ interval, state }) => {
    const next = state === 'skipped' ? `  next: ${byHand(schedule, interval)}` : '';
    return `${name}: ${state} ${interval.start}/${interval.end}${next}`;
  });
  const due = missed.some(({ state }) => state === 'due');
  return [
    ...(paused && note !== undefined ? [`${name}: paused: ${note}`] : []),
    ...lines,
    ...(missed.length > MISSED
      ? [`${name}: ${missed.length - MISSED} more: assay schedules list --json`]
      : []),
    ...(due ? [`${name}: what is due runs by: assay schedules resume ${name}`] : []),
  ];
}

function byHand({ pipeline, key, params }: ListedSchedule, { start, end }: Interval): string {
  const options = [
    key === undefined ? '' : ` --key ${key}`,
    params === undefined ? '' : ` --params '${JSON.stringify(params)}'`,
  ];
  return `assay runs trigger ${pipeline}${options.join('')} --interval ${start}/${end}`;
}

export function timetableText(timetable: Timetable): string {
  if ('every' in timetable) {
    return `every ${timetable.every}${timetable.offset === undefined ? '' : ` + ${timetable.offset}`}`;
  }
  const zone = timetable.timezone === undefined ? '' : ` ${timetable.timezone}`;
  const except = timetable.except === undefined ? '' : ` except ${timetable.except.length} days`;
  if ('cron' in timetable) return `${timetable.cron}${zone}${except}`;
  const { at, days, dates, months } = timetable.on;
  const parts = [
    days === 'workdays' ? days : days?.join(','),
    dates?.join(','),
    months && `months ${months.join(',')}`,
  ];
  return `${[at.join(','), ...parts.filter((part) => part !== undefined)].join(' ')}${zone}${except}`;
}
