/**
 * The ID of an activity says which try of which task it belongs to: `silver/1/3` is the third activity of
 * the run, in the first try of `silver`; `score[4]/2/9` belongs to the fifth item of the map `score`.
 * History events and log files are mapped to tasks by it. IDs are unique within a run through the sequence.
 */

export interface ActivityTask {
  readonly task: string;
  readonly index?: readonly number[];
  /** The engine's try, counted from 1. */
  readonly try: number;
  readonly sequence: number;
}

const pattern = /^([^/[\]]+)(?:\[(\d+(?:,\d+)*)\])?\/(\d+)\/(\d+)$/;

export function formatActivityId({ task, index, try: attempt, sequence }: ActivityTask): string {
  return `${taskLabel(encodeURIComponent(task), index)}/${attempt}/${sequence}`;
}

/** `undefined` for activities that belong to no task: the engine's own. */
export function parseActivityId(id: string): ActivityTask | undefined {
  const [, task, index, attempt, sequence] = pattern.exec(id) ?? [];
  if (task === undefined) return undefined;
  return {
    task: decodeURIComponent(task),
    ...(index !== undefined && { index: index.split(',').map(Number) }),
    try: Number(attempt),
    sequence: Number(sequence),
  };
}

/** How people and reruns name a task: `silver`, `score[4]`, `clean[4,0]`. */
export function taskLabel(name: string, index?: readonly number[]): string {
  return index === undefined || index.length === 0 ? name : `${name}[${index.join(',')}]`;
}

/** `score` of `score[4]`. */
export function labelledName(label: string): string {
  return label.replace(/\[[\d,]+\]$/, '');
}
