/** A run as people read it: a header, a row for each task, what failed and why, and the next command. */
import { taskLabel } from '../../workflows/domain/activity-id.ts';
import { formatDuration } from '../../workflows/domain/duration.ts';
import type { RecordedError, RunRecord, TaskRecord, TaskState } from '../../workflows/domain/run-record.ts';
import type { ListedState } from '../../activities/ledger/contract.ts';
import type { ShownRun } from '../runs/show.ts';
import type { Cell, Colour, Output } from './output.ts';
import { tableLines } from './output.ts';
import { createTimeline } from './timeline.ts';

/** A letter says what a colour can't where there is none. */
export const TASKS: Readonly<Record<TaskState, { readonly letter: string; readonly colour: Colour }>> = {
  success: { letter: 'S', colour: 'green' },
  failed: { letter: 'F', colour: 'red' },
  upstream_failed: { letter: 'U', colour: 'yellow' },
  skipped: { letter: 'K', colour: 'magenta' },
  running: { letter: 'R', colour: 'cyan' },
  queued: { letter: 'Q', colour: 'blue' },
  deferred: { letter: 'D', colour: 'blue' },
  up_for_retry: { letter: 'Y', colour: 'yellow' },
  scheduled: { letter: '.', colour: 'dim' },
  removed: { letter: 'X', colour: 'dim' },
};

export const RUNS: Readonly<Record<ListedState, { readonly letter: string; readonly colour: Colour }>> = {
  queued: { letter: 'Q', colour: 'blue' },
  running: { letter: 'R', colour: 'cyan' },
  success: { letter: 'S', colour: 'green' },
  failed: { letter: 'F', colour: 'red' },
  cancelled: { letter: 'C', colour: 'yellow' },
  terminated: { letter: 'T', colour: 'red' },
  timed_out: { letter: 'O', colour: 'red' },
};

const TIMELINE = 'TIMELINE';
const HEADER = ['', 'TASK', 'STATE', 'TRIES', 'START', 'DURATION', TIMELINE, 'WHY'];
/** Rows of a map beyond so many are told by a line. */
const ITEMS = 20;
/** Lengths of bars, and what else stands beside them in most runs: characters. */
const BARS = [32, 16];
const FOR_THE_REST = 80;
const LONGEST_WHY = 200;

export function runLines(
  { record, attempts, note }: ShownRun,
  paint: Output['paint'],
  now: number,
  columns = Infinity,
): string[] {
  const next = nextCommand(record);
  return [
    `${paint(record.run, 'bold')}  ${paint(stateText(record), RUNS[record.state].colour)}`,
    ...headerLines(record, attempts, now),
    '',
    ...taskLines(record, paint, now, columns),
    ...(record.error === undefined ? [] : ['', `${record.error.type}: ${record.error.message}`]),
    ...(note === undefined ? [] : ['', `note: ${note}`]),
    ...(next === undefined ? [] : ['', `next: ${next}`]),
  ];
}

function stateText({ state, queued }: RunRecord): string {
  return queued === undefined || state !== 'running' ? state : `queued: ${queued.reason}`;
}

/** Whole seconds, UTC. */
export function time(text: string | undefined): string {
  return text === undefined ? '' : new Date(text).toISOString().slice(0, 19).replace('T', ' ');
}

function duration(startedAt: string | undefined, endedAt: string | undefined, now: number): string {
  if (startedAt === undefined) return '';
  const end = endedAt === undefined ? now : Date.parse(endedAt);
  return formatDuration(Math.max(0, end - Date.parse(startedAt)));
}

function headerLines(record: RunRecord, attempts: readonly number[], now: number): string[] {
  const { interval, startedBy, startedAt, endedAt, params, trigger, deadlines = [] } = record;
  return [
    `attempt   ${record.attempt}${attempts.length > 1 ? ` of ${attempts.length}` : ''}`,
    `interval  ${interval.start} to ${interval.end}`,
    `started   ${time(startedAt)} by ${startedBy}`,
    `took      ${duration(startedAt, endedAt, now)}${endedAt === undefined ? ' so far' : ''}`,
    ...(trigger === undefined
      ? []
      : [
          `trigger   ${trigger.completedBy.asset} at ${trigger.completedBy.partition}, by ${trigger.completedBy.source}`,
        ]),
    `params    ${JSON.stringify(params)}`,
    ...deadlines.map(
      ({ task = 'the run', dueAt, missed }) =>
        `${missed ? 'late      ' : 'deadline  '}${task} by ${time(dueAt)}${missed ? ', which went by' : ''}`,
    ),
  ];
}

/** Where a window is too narrow for the bars they are shorter, or left out: rows that go on in the next line say nothing. */
function taskLines(record: RunRecord, paint: Output['paint'], now: number, columns: number): string[] {
  const width = BARS.find((bars) => columns >= FOR_THE_REST + bars);
  const rows = rowsOf(record, now, width ?? 1);
  if (width !== undefined) return tableLines(HEADER, rows, paint);
  const at = HEADER.indexOf(TIMELINE);
  return tableLines(
    HEADER.toSpliced(at, 1),
    rows.map((row) => row.toSpliced(at, 1)),
    paint,
  );
}

function rowsOf(record: RunRecord, now: number, width: number): (string | Cell)[][] {
  const timeline = createTimeline(record, now, width);
  const row = (task: TaskRecord): (string | Cell)[] =>
    rowOf(task, timeline.bar(task), why(task, record.tasks), now);
  const shown = new Map<string, number>();
  return record.tasks.flatMap((task) => {
    if (task.index === undefined) return [row(task)];
    const count = (shown.get(task.name) ?? 0) + 1;
    shown.set(task.name, count);
    if (count <= ITEMS || task.state === 'failed') return [row(task)];
    return count === ITEMS + 1 ? [['', `${task.name}[…]`, 'more items, all of them with --json']] : [];
  });
}

function rowOf(task: TaskRecord, bar: string, cause: string, now: number): (string | Cell)[] {
  const { letter, colour } = TASKS[task.state];
  return [
    { text: letter, colour },
    `${task.index === undefined ? '' : '  '}${taskLabel(task.name, task.index)}`,
    { text: `${task.state}${task.fromMemo ? ' (kept)' : ''}${task.held ? ' (held)' : ''}`, colour },
    String(task.tries),
    time(task.startedAt),
    duration(
      task.startedAt,
      task.endedAt,
      task.state === 'running' || task.state === 'deferred' ? now : Date.parse(task.startedAt ?? '0'),
    ),
    bar,
    cause,
  ];
}

/** What has failed of the same as a task inside it refers to that one: the cause stands there. */
function why(task: TaskRecord, all: readonly TaskRecord[]): string {
  const { error, reason, note, items } = task;
  if (error !== undefined) {
    const label = taskLabel(task.name, task.index);
    const inner = all.find(({ within, error: other }) => within === label && isSame(error, other));
    if (inner !== undefined) return `as ${taskLabel(inner.name, inner.index)}`;
    return `${error.type}: ${clipped(firstLine(error.message))}`;
  }
  const failed = items?.reduce((sum, slice) => sum + slice.failed, 0) ?? 0;
  return note ?? reason ?? (failed > 0 ? `${failed} items failed` : '');
}

function isSame(one: RecordedError, other: RecordedError | undefined): boolean {
  return one.type === other?.type && one.message === other.message;
}

/** A cause that goes on and on would hide the rows below; `--json` and the logs have all of it. */
function clipped(text: string): string {
  return text.length <= LONGEST_WHY ? text : `${text.slice(0, LONGEST_WHY - 1)}…`;
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}

function nextCommand(record: RunRecord): string | undefined {
  const held = record.tasks.find((task) => task.held !== undefined);
  if (record.state === 'running' && held !== undefined) {
    const label = taskLabel(held.name, held.index);
    return `assay runs resolve ${record.run} ${label} --retry (or --succeed JSON, --skip, --fail)`;
  }
  if (record.state === 'running') return `assay runs watch ${record.run}`;
  if (record.state === 'success') return undefined;
  const failed = record.tasks.find(({ state }) => state === 'failed');
  const logs =
    failed === undefined
      ? ''
      : `assay runs logs ${record.run} ${taskLabel(failed.name, failed.index)}, then `;
  return `${logs}assay runs rerun ${record.run} --only-failed`;
}
