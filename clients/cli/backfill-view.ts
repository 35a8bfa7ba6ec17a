/** Backfills as people read them. */
import type { PreviewedInterval } from '../../activities/backfill/contract.ts';
import type { Timetable } from '../../workflows/domain/calendar/timetable.ts';
import type { BackfillPlan } from '../../workflows/domain/backfill/plan.ts';
import type { ShownBackfill } from '../backfill/show.ts';
import type { Cell, Colour, Output } from './output.ts';

const STATES: Readonly<Record<ShownBackfill['state'], Colour>> = {
  running: 'blue',
  paused: 'yellow',
  cancelling: 'yellow',
  finished: 'green',
  cancelled: 'magenta',
  lost: 'red',
};

const WHY: Readonly<Record<NonNullable<PreviewedInterval['why']>, string>> = {
  done: 'nothing',
  open: 'nothing, it is running',
  unknownTasks: 'nothing, it has no such task',
};

export function backfillRow(shown: ShownBackfill): (string | Cell)[] {
  const { id, plan, total, state, open } = shown;
  const bad = unsuccessful(shown);
  return [
    id,
    { text: state, colour: STATES[state] },
    plan.from,
    plan.to,
    `${done(shown)} of ${total}`,
    String(open.length),
    bad === 0 ? '0' : { text: String(bad), colour: 'red' },
  ];
}

export function backfillLines(shown: ShownBackfill, paint: Output['paint']): string[] {
  const { id, plan, state, counts, open, troubled, paused, note, createdAt, endedAt } = shown;
  const key = plan.key === undefined ? '' : `.${plan.key}`;
  const { leftOut } = counts;
  const left = [
    `${leftOut.done} done before`,
    ...(leftOut.open > 0 ? [`${leftOut.open} run by others`] : []),
    ...(leftOut.unknownTasks > 0 ? [`${leftOut.unknownTasks} without the tasks asked for`] : []),
  ];
  return [
    `${paint(id, 'bold')}  ${paint(state, STATES[state])}`,
    `pipeline   ${plan.pipeline}${key}`,
    `time       ${plan.from} to ${plan.to}, ${plan.order}`,
    `reprocess  ${plan.reprocess}${plan.tasks === undefined ? '' : `, from ${plan.tasks.join(', ')}`}`,
    `open       ${open.length}, at most ${plan.maxActive}`,
    `progress   ${progressLine(shown)}`,
    `left out   ${left.join(', ')}`,
    `created    ${createdAt} by ${plan.startedBy}${endedAt === undefined ? '' : `, ended ${endedAt}`}`,
    ...(paused === undefined ? [] : [`paused     by ${paused.by}${reasonOf(paused.reason)}`]),
    ...open.map(({ run, attempt }) => `open: ${run} attempt ${attempt}`),
    ...troubled.map((run) => `${paint(run.state, 'red')}: ${run.run}${reasonOf(run.message)}`),
    ...(note === undefined ? [] : [note]),
    ...nextLines(shown),
  ];
}

/** `42 of 100: 40 success, 2 failed`. */
export function progressLine(shown: ShownBackfill): string {
  const { ended } = shown.counts;
  const words = Object.entries(ended).filter(([word, count]) => word === 'success' || count > 0);
  const texts = words.map(([word, count]) => `${count} ${word.replace('_', ' ')}`);
  return `${done(shown)} of ${shown.total}: ${texts.join(', ')}`;
}

export function previewRow({
  run,
  interval,
  action,
  attempt,
  state,
  why,
}: PreviewedInterval): (string | Cell)[] {
  const would =
    action === 'leave' ? WHY[why ?? 'done'] : action === 'start' ? 'start' : `rerun as attempt ${attempt}`;
  return [
    run,
    `${interval.start}/${interval.end}`,
    { text: would, ...(action !== 'leave' && { colour: 'green' as const }) },
    state ?? 'missing',
  ];
}

export function previewLine(intervals: readonly PreviewedInterval[], plan: BackfillPlan): string {
  const runs = intervals.filter(({ action }) => action !== 'leave').length;
  return `${runs} of ${intervals.length} intervals would run, ${plan.order}, at most ${plan.maxActive} at a time; nothing was started`;
}

function nextLines({ id, state, counts, plan }: ShownBackfill): string[] {
  if (state === 'paused') return [`next: assay backfill resume ${id}`];
  if (state !== 'finished' || counts.ended.success === counts.started) return [];
  return [`next: assay backfill create ${repeated(plan)} --reprocess failed`];
}

/** As it is to be typed: what the plan was given besides the schedule, which may have changed since, stands in it. */
function repeated({ pipeline, key, from, to, params, timetable }: BackfillPlan): string {
  return [
    pipeline,
    ...(key === undefined ? [] : ['--key', key]),
    '--from',
    from,
    '--to',
    to,
    ...(params === undefined ? [] : ['--params', quoted(JSON.stringify(params))]),
    ...gridOptions(timetable),
  ].join(' ');
}

/** Calendars can't be typed; they come from the schedule or the pipeline itself. */
function gridOptions(timetable: Timetable): string[] {
  if ('every' in timetable) return timetable.offset === undefined ? ['--every', String(timetable.every)] : [];
  if (!('cron' in timetable)) return [];
  const { cron, timezone, except = [] } = timetable;
  if (except.length > 0) return [];
  return ['--cron', quoted(cron), ...(timezone === undefined ? [] : ['--timezone', timezone])];
}

/** For a shell. */
function quoted(text: string): string {
  return /^[\w@./:-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function done({ counts: { ended, leftOut } }: ShownBackfill): number {
  return [...Object.values(ended), ...Object.values(leftOut)].reduce((sum, count) => sum + count, 0);
}

function unsuccessful({ counts: { ended } }: ShownBackfill): number {
  return Object.values(ended).reduce((sum, count) => sum + count, 0) - ended.success;
}

function reasonOf(reason: string | undefined): string {
  return reason === undefined ? '' : `: ${reason}`;
}
