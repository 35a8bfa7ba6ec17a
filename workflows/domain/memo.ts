/**
 * The memo: what a run need not do again. A rerun keeps the successes and skips of the attempt before, except for
 * the tasks it starts from and all that comes after them, by the recorded graph (awaited references included).
 */
import { taskLabel } from './activity-id.ts';
import { groupBy } from './group-by.ts';
import type { Rerun } from './run-input.ts';
import type { MapSlice, TaskRecord } from './run-record.ts';

/** Labels a rerun starts from that the attempt before does not have. */
export function unknownTasks(tasks: readonly TaskRecord[], rerun: Rerun): readonly string[] {
  if ('onlyFailed' in rerun) return [];
  return rerun.from.filter((label) => !tasks.some((task) => labelOf(task) === label || holds(task, label)));
}

/**
 * The tasks whose outcome stands. A task is done again *afresh* with everything inside it, or *reopened*: its body
 * runs again because something inside it does, while the rest inside it stands. A large map that is reopened is
 * kept as `running`, its slices marked with what is to be done again.
 */
export function keptTasks(tasks: readonly TaskRecord[], rerun: Rerun): readonly TaskRecord[] {
  const { afresh, reopened } = doneAgain(tasks, rerun);
  return tasks.flatMap((task) => {
    const label = labelOf(task);
    if (afresh.has(label) || task.state === 'removed') return [];
    if (!reopened.has(label)) return [task];
    return task.items === undefined ? [] : [reopenedMap(task, task.items, rerun)];
  });
}

interface DoneAgain {
  readonly afresh: ReadonlySet<string>;
  readonly reopened: ReadonlySet<string>;
}

/** A walk to the fixed point: inwards from what is afresh, outwards and onwards from all that is done again. */
function doneAgain(tasks: readonly TaskRecord[], rerun: Rerun): DoneAgain {
  const byLabel = new Map(tasks.map((task) => [labelOf(task), task]));
  const inside = groupBy(tasks, (task) => (task.within === undefined ? [] : [task.within]));
  const after = groupBy(tasks, (task) => task.after);
  const afresh = new Set<string>();
  const reopened = new Set<string>();
  const queue: TaskRecord[] = [];
  const mark = (set: Set<string>, task: TaskRecord | undefined): void => {
    if (task === undefined || afresh.has(labelOf(task)) || set.has(labelOf(task))) return;
    set.add(labelOf(task));
    queue.push(task);
  };
  for (const task of tasks) {
    if ('from' in rerun && rerun.from.includes(labelOf(task))) mark(afresh, task);
    else if (!stands(task) || ('from' in rerun && rerun.from.some((label) => holds(task, label)))) {
      mark(reopened, task);
    }
  }
  for (let task = queue.shift(); task !== undefined; task = queue.shift()) {
    const { name, index, within } = task;
    for (const turn of laterTurns(task, byLabel, inside)) mark(afresh, turn);
    if (afresh.has(labelOf(task))) for (const inner of inside.get(labelOf(task)) ?? []) mark(afresh, inner);
    if (within !== undefined) mark(reopened, byLabel.get(within));
    if ('from' in rerun && rerun.only === true) continue;
    for (const next of after.get(name) ?? []) if (sameBranch(index, next.index)) mark(afresh, next);
  }
  return { afresh, reopened };
}

/** Each turn of a loop was handed what the one before had made. */
function laterTurns(
  { name, index = [], within }: TaskRecord,
  byLabel: ReadonlyMap<string, TaskRecord>,
  inside: ReadonlyMap<string, readonly TaskRecord[]>,
): readonly TaskRecord[] {
  const loop = within === undefined ? undefined : byLabel.get(within);
  const turn = index.at(-1);
  if (loop?.kind !== 'loop' || loop.name !== name || turn === undefined || within === undefined) return [];
  return (inside.get(within) ?? []).filter((one) => one.name === name && (one.index?.at(-1) ?? 0) > turn);
}

function reopenedMap(task: TaskRecord, items: readonly MapSlice[], rerun: Rerun): TaskRecord {
  const again = (slice: MapSlice): boolean =>
    slice.failed > 0 ||
    ('from' in rerun && rerun.from.some((label) => holds({ ...task, items: [slice] }, label)));
  return {
    ...task,
    state: 'running',
    items: items.map((slice) => (again(slice) ? { ...slice, again: rerun } : slice)),
  };
}

/** What was no part of its task's last try is nothing to be done again. */
function stands({ state }: TaskRecord): boolean {
  return state === 'success' || state === 'skipped' || state === 'removed';
}

/** Whether the label names an item of a map whose items stand in the ledger. */
function holds({ name, index = [], items = [] }: TaskRecord, label: string): boolean {
  const [, base, path] = /^(.+)\[([\d,]+)\]$/.exec(label) ?? [];
  if (base !== name || path === undefined) return false;
  const wanted = path.split(',').map(Number);
  const item = wanted[index.length];
  return (
    sameBranch(index, wanted) && items.some(({ from, to }) => item !== undefined && item >= from && item < to)
  );
}

/** Items of different branches of a map know nothing of each other. */
function sameBranch(one: readonly number[] = [], other: readonly number[] = []): boolean {
  return one.every((position, depth) => depth >= other.length || other[depth] === position);
}

function labelOf({ name, index }: TaskRecord): string {
  return taskLabel(name, index);
}
