/** Follows a run: a table that is redrawn for somebody who looks on, else a line for each change. */
import { taskLabel } from '../../workflows/domain/activity-id.ts';
import type { RunRecord } from '../../workflows/domain/run-record.ts';
import type { RunServices } from '../runs/services.ts';
import type { ShownRun } from '../runs/show.ts';
import { watchRun } from '../runs/watch.ts';
import type { ExitCode } from './failure.ts';
import type { Output } from './output.ts';
import { runLines, time } from './run-view.ts';

/** @returns 0 for a success, else 1 */
export async function watchToEnd(
  output: Output,
  services: Pick<RunServices, 'ledger' | 'client'>,
  run: string,
  { json = false, attempt }: { json?: boolean; attempt?: number },
): Promise<ExitCode> {
  let last: ShownRun | undefined;
  const states = new Map<string, string>();
  for await (const shown of watchRun(services, run, attempt === undefined ? {} : { attempt })) {
    last = shown;
    if (json) for (const line of changes(shown.record, states)) output.note(line);
    else if (output.isLive) output.draw(runLines(shown, output.paint, Date.now(), output.columns));
    else for (const line of changes(shown.record, states)) output.line(line);
  }
  if (last === undefined) return 1;
  if (json) output.json(last.record);
  else if (!output.isLive) output.line(`${time(last.record.endedAt)}  ${run}  ${last.record.state}`);
  return last.record.state === 'success' ? 0 : 1;
}

/** A line for each task whose state is another than the last time. */
function changes({ tasks }: RunRecord, states: Map<string, string>): string[] {
  return tasks.flatMap((task) => {
    const label = taskLabel(task.name, task.index);
    if (states.get(label) === task.state) return [];
    states.set(label, task.state);
    if (task.state === 'scheduled') return [];
    const why = task.error === undefined ? '' : `  ${task.error.type}: ${task.error.message}`;
    return [`${time(task.endedAt ?? task.startedAt ?? task.queuedAt)}  ${label}  ${task.state}${why}`];
  });
}
