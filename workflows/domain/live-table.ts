/** The table of tasks that the Web UI shows while a run is open: Markdown, a row per task, maps summed up. */
import { formatDuration } from './duration.ts';
import type { RecordedError, TaskRecord, TaskState } from './run-record.ts';

/** Temporal's limit for a workflow's current details. */
const LIMIT_BYTES = 20_000;
const NOTE_BYTES = 80;
const REASON_CHARACTERS = 160;
/** The Web UI draws tables without any space between columns. */
const GAP = '\u00a0\u00a0 | ';
const MARKS: Readonly<Partial<Record<TaskState, string>>> = {
  success: '✓',
  failed: '✗',
  upstream_failed: '✗',
  running: '▶',
  up_for_retry: '↻',
  skipped: '–',
};

/** It has failed, and waits for somebody to decide. */
const HELD = '✗';

export interface LiveRow extends Pick<
  TaskRecord,
  'name' | 'state' | 'tries' | 'startedAt' | 'endedAt' | 'error' | 'reason' | 'note' | 'held' | 'fromMemo'
> {
  /** Of a map: how many items are in which state. */
  readonly items?: Readonly<Partial<Record<TaskState, number>>>;
}

/** @param lines of `liveRow`; the newest are kept when not all fit */
export function liveTable(heading: string, lines: readonly string[]): string {
  const head = `${heading}\n\n| task | state | tries | started | took | |\n|---|---|---|---|---|---|\n`;
  let room = LIMIT_BYTES - 3 * head.length - NOTE_BYTES;
  let first = lines.length;
  while (first > 0) {
    room -= mostBytes(lines[first - 1] ?? '');
    if (room < 0) break;
    first -= 1;
  }
  const note = first === 0 ? '' : `| … ${first} earlier tasks | | | | | |\n`;
  return head + note + lines.slice(first).join('');
}

/** Drawn once for each change: tables are drawn often. */
export function liveRow({
  name,
  state,
  tries,
  startedAt,
  endedAt,
  items,
  error,
  reason,
  note,
  held,
  fromMemo,
}: LiveRow): string {
  const took =
    startedAt === undefined || endedAt === undefined
      ? ''
      : formatDuration(Date.parse(endedAt) - Date.parse(startedAt));
  const cells = [
    name,
    held === undefined
      ? `${MARKS[state] ?? '·'} ${state}${items === undefined ? '' : ` (${summed(items)})`}`
      : `${HELD} held until ${held.until.slice(0, 16).replace('T', ' ')}`,
    tries === 0 ? '' : String(tries),
    startedAt?.slice(11, 19) ?? '',
    took,
    because(error, note ?? reason) || (fromMemo ? 'from memo' : ''),
  ];
  return `| ${cells.join(GAP)} |\n`;
}

function summed(items: Readonly<Partial<Record<TaskState, number>>>): string {
  return Object.entries(items)
    .filter(([, count]) => count > 0)
    .map(([state, count]) => `${count} ${state}`)
    .join(', ');
}

function because(error: RecordedError | undefined, reason = ''): string {
  const text = error === undefined ? reason : `${error.type}: ${error.message}`;
  return text.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|').slice(0, REASON_CHARACTERS);
}

/** UTF-8 takes at most three bytes for each UTF-16 unit; names and reasons are nearly always ASCII. */
function mostBytes(line: string): number {
  // oxlint-disable-next-line no-control-regex -- ASCII is what it asks for
  return /^[\x00-\x7f✓✗▶↻–·]*$/.test(line) ? line.length + 2 : 3 * line.length;
}
