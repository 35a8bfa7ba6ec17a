/** The table of tasks that the Web UI shows while a run is open: Markdown, a row per task, maps summed up. */
import { formatDuration } from './duration.ts';
import type { RecordedError, TaskRecord, TaskState } from './run-record.ts';

/** Temporal's limit for a workflow's current details. */
const LIMIT_BYTES = 20_000;
const REASON_CHARACTERS = 160;
const MARKS: Readonly<Partial<Record<TaskState, string>>> = {
  success: '✓',
  failed: '✗',
  upstream_failed: '✗',
  running: '▶',
  up_for_retry: '↻',
  skipped: '–',
};

export interface LiveRow extends Pick<
  TaskRecord,
  'name' | 'state' | 'tries' | 'startedAt' | 'endedAt' | 'error' | 'reason' | 'fromMemo'
> {
  /** Of a map: how many items are in which state. */
  readonly items?: Readonly<Partial<Record<TaskState, number>>>;
}

/** The newest rows are kept when not all fit. */
export function liveTable(heading: string, rows: readonly LiveRow[]): string {
  const head = `${heading}\n\n| task | state | tries | started | took | |\n|---|---|---|---|---|---|\n`;
  const lines: string[] = [];
  let room = LIMIT_BYTES - bytes(head) - 64;
  for (const row of rows.toReversed()) {
    const line = `${rowOf(row)}\n`;
    room -= bytes(line);
    if (room < 0) break;
    lines.push(line);
  }
  const omitted = rows.length - lines.length;
  const note = omitted === 0 ? '' : `| … ${omitted} earlier tasks | | | | | |\n`;
  return head + note + lines.toReversed().join('');
}

function rowOf({ name, state, tries, startedAt, endedAt, items, ...why }: LiveRow): string {
  const took =
    startedAt === undefined || endedAt === undefined
      ? ''
      : formatDuration(Date.parse(endedAt) - Date.parse(startedAt));
  const cells = [
    name,
    `${MARKS[state] ?? '·'} ${state}${items === undefined ? '' : ` (${summed(items)})`}`,
    tries === 0 ? '' : String(tries),
    startedAt?.slice(11, 19) ?? '',
    took,
    reasonOf(why),
  ];
  return `| ${cells.join(' | ')} |`;
}

function summed(items: Readonly<Partial<Record<TaskState, number>>>): string {
  return Object.entries(items)
    .map(([state, count]) => `${count} ${state}`)
    .join(', ');
}

function reasonOf(why: { error?: RecordedError; reason?: string; fromMemo: boolean }): string {
  const text = why.error === undefined ? (why.reason ?? '') : `${why.error.type}: ${why.error.message}`;
  const line = text.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|').slice(0, REASON_CHARACTERS);
  return line === '' && why.fromMemo ? 'from memo' : line;
}

/** UTF-8, without an encoder: the table is drawn often. */
function bytes(text: string): number {
  let count = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    count += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return count;
}
