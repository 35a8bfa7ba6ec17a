/** The result of one task of a run. */
import { taskLabel } from '../../workflows/domain/activity-id.ts';
import type { RunRecord, TaskRecord } from '../../workflows/domain/run-record.ts';
import { Refusal } from '../refusal.ts';
import type { RunServices } from './services.ts';

/** Task by name or, for an item of a map, `name[index]`. @throws Refusal UnknownTask */
export async function taskResult(
  { ledger }: Pick<RunServices, 'ledger'>,
  record: RunRecord,
  label: string,
): Promise<{ task: TaskRecord; result: unknown }> {
  const task = record.tasks.find((row) => taskLabel(row.name, row.index) === label);
  if (task !== undefined) return { task, result: await resultOf(ledger, task) };
  const item = await slicedItem(ledger, record, label);
  if (item === undefined) throw unknownTask(record, [label]);
  return { task: item, result: await resultOf(ledger, item) };
}

/** @param labels those that the run does not have */
export function unknownTask(record: RunRecord, labels: readonly string[]): Refusal {
  const known = [...new Set(record.tasks.map(({ name }) => name))].join(', ') || 'none';
  const subject = labels.length === 1 ? 'no task' : 'no tasks';
  return new Refusal(
    'UnknownTask',
    `${record.run} has ${subject} ${labels.join(', ')}; its tasks are ${known}`,
    {
      next: `assay runs show ${record.run}`,
    },
  );
}

async function resultOf(ledger: RunServices['ledger'], task: TaskRecord): Promise<unknown> {
  return task.stored === undefined ? task.result : ledger.result(task.stored);
}

/** Items of a large map stand beside the record, in parts. */
async function slicedItem(
  ledger: RunServices['ledger'],
  record: RunRecord,
  label: string,
): Promise<TaskRecord | undefined> {
  const [, name, at] = /^(.+)\[(\d+)\]$/.exec(label) ?? [];
  const map = record.tasks.find((task) => task.name === name && task.index === undefined);
  const slice = map?.items?.find(({ from, to }) => from <= Number(at) && Number(at) < to);
  if (slice === undefined) return undefined;
  const parts = await Promise.all(slice.parts.map((part) => ledger.tasks(part)));
  return parts.flat().find((item) => taskLabel(item.name, item.index) === label);
}
