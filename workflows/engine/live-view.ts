/** The live table of a run: a row per task, drawn when the task changes, put together once for many changes. */
import { setCurrentDetails } from '@temporalio/workflow';
import { liveRow, liveTable } from '../domain/live-table.ts';
import type { MapSlice, TaskState } from '../domain/run-record.ts';
import { AT_ONCE } from './at-once.ts';
import type { Task } from './task.ts';

export interface LiveView {
  readonly changed: (task: Task) => void;
  show(heading: string): void;
}

type Counts = Partial<Record<TaskState, number>>;

/** What the running items of a map say of themselves, and how many say so. */
type Notes = Map<Task, string>;

export function createLiveView(firstHeading: string): LiveView {
  let heading = firstHeading;
  const rows = new Map<string, string>();
  const stale = new Set<Task>();
  const maps = new Map<string, Task>();
  const items = new Map<string, Counts>();
  const itemStates = new Map<string, TaskState>();
  const notes = new Map<string, Notes>();

  const draw = (): void => {
    for (const task of stale) rows.set(task.label, rowOf(task, items.get(task.label), notes.get(task.label)));
    stale.clear();
    setCurrentDetails(liveTable(heading, [...rows.values()]));
  };
  const draws = (task: Task): void => {
    if (stale.size === 0) void AT_ONCE.then(draw);
    stale.add(task);
  };
  /** Items of maps are counted in the map's row. */
  const counted = (item: Task): void => {
    const map = maps.get(item.within ?? '');
    if (map === undefined) return;
    const counts = items.get(map.label) ?? {};
    const before = itemStates.get(item.label);
    if (before !== undefined) counts[before] = (counts[before] ?? 1) - 1;
    counts[item.progress.state] = (counts[item.progress.state] ?? 0) + 1;
    itemStates.set(item.label, item.progress.state);
    items.set(map.label, counts);
    noted(notes, map.label, item);
    draws(map);
  };

  return {
    changed: (task) => {
      if (task.spec.kind === 'map' || task.spec.kind === 'loop') maps.set(task.label, task);
      if (task.spec.kind === 'item') counted(task);
      else draws(task);
    },
    show: (next) => {
      heading = next;
      draw();
    },
  };
}

function rowOf(
  { label, progress: { items: slices, ...progress } }: Task,
  counts: Counts | undefined,
  notes: Notes | undefined,
): string {
  const items = counts ?? (slices === undefined ? undefined : sliceCounts(slices));
  const note = notes === undefined || notes.size === 0 ? undefined : summedUp(notes);
  return liveRow({
    ...progress,
    name: label,
    ...(items !== undefined && { items }),
    ...(note !== undefined && { note }),
  });
}

function noted(notes: Map<string, Notes>, map: string, item: Task): void {
  const { note } = item.progress;
  const known = notes.get(map) ?? new Map<Task, string>();
  if (note === undefined) known.delete(item);
  else known.set(item, note);
  if (known.size > 0 || notes.has(map)) notes.set(map, known);
}

/** `3 Training, 1 Downloading` */
function summedUp(notes: Notes): string {
  const counts = new Map<string, number>();
  for (const note of notes.values()) counts.set(note, (counts.get(note) ?? 0) + 1);
  return [...counts].map(([note, count]) => `${count} ${note}`).join(', ');
}

function sliceCounts(slices: readonly MapSlice[]): Counts {
  const sum = (of: (slice: MapSlice) => number): number =>
    slices.reduce((total, slice) => total + of(slice), 0);
  const [failed, skipped] = [sum((slice) => slice.failed), sum((slice) => slice.skipped)];
  return { success: sum(({ from, to }) => to - from) - failed - skipped, failed, skipped };
}
