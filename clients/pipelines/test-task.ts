/**
 * One task by itself, as `airflow tasks test` has it: on what an earlier run has of the tasks before it. Its body and
 * its activities run for real, under keys of their own; no run is claimed, no record written, nobody told.
 */
import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';

import { labelledName, taskLabel } from '../../workflows/domain/activity-id.ts';
import { parseRunId } from '../../workflows/domain/run-id.ts';
import { unknownTasks } from '../../workflows/domain/memo.ts';
import type { RecordedError, RunRecord, TaskRecord } from '../../workflows/domain/run-record.ts';
import { hasEnded } from '../../workflows/domain/trigger-rules.ts';
import type { Attempt, WorkflowInput } from '../../workflows/engine/attempt.ts';
import { Refusal } from '../refusal.ts';
import { unknownPipeline } from '../runs/list.ts';
import { unknownTask } from '../runs/result.ts';
import type { RunServices } from '../runs/services.ts';

export interface TestedTask {
  readonly task: string;
  /** Whose results it was given, and whose interval and params. */
  readonly run: string;
  readonly workflowId: string;
  readonly outcome: { readonly result: unknown } | { readonly error: RecordedError };
}

type Services = Pick<RunServices, 'ledger' | 'client' | 'pipelines' | 'taskQueue'>;

/** Runs that are looked at for one that is over. */
const NEWEST = 20;

/**
 * @param run by default the newest that is over
 * @throws Refusal UnknownPipeline, NoRun, UnknownRun, UnknownTask, NotTestable, NothingBefore
 */
export async function testTask(
  services: Services,
  pipeline: string,
  task: string,
  run?: string,
): Promise<TestedTask> {
  if (!services.pipelines.has(pipeline)) throw unknownPipeline(services.pipelines, pipeline);
  const record = await recordOf(services, pipeline, run);
  const memo = before(record, testable(record, task));
  const now = Date.now();
  const workflowId = `${record.run}/test/${task}-${now}`;
  const client = await services.client();
  const input: WorkflowInput = { resume: attemptOf(record, task, memo, now) };
  const start = { taskQueue: services.taskQueue, workflowId, args: [input] };
  const tested = { task, run: record.run, workflowId };
  try {
    return { ...tested, outcome: { result: await client.workflow.execute(pipeline, start) } };
  } catch (error) {
    if (!(error instanceof WorkflowFailedError) || !(error.cause instanceof ApplicationFailure)) throw error;
    const { type, message } = error.cause;
    return { ...tested, outcome: { error: { type: type ?? 'Error', message } } };
  }
}

async function recordOf(
  { ledger }: Services,
  pipeline: string,
  wanted: string | undefined,
): Promise<RunRecord> {
  const { runs } =
    wanted === undefined ? await ledger.list({ pipeline, limit: NEWEST }) : { runs: [{ run: wanted }] };
  for (const { run } of runs) {
    const record = await ledger.record(run);
    if (record?.pipeline === pipeline) return record;
  }
  if (wanted === undefined) {
    const message = `no run of ${pipeline} is over yet: a task is tested on what an earlier run has of those before it`;
    throw new Refusal('NoRun', message, { next: `assay runs trigger ${pipeline} --watch` });
  }
  throw new Refusal('UnknownRun', `${wanted} is no run of ${pipeline} that is over`, {
    next: `assay runs list --pipeline ${pipeline}`,
  });
}

function testable(record: RunRecord, label: string): TaskRecord {
  const task = record.tasks.find((one) => one.name === label && one.within === undefined);
  if (task === undefined) throw notFirst(record, label);
  if (task.kind !== 'approval' && task.kind !== 'signal') return task;
  const message = `${label} waits for somebody: there is nothing of it to test`;
  throw notTestable(message, `assay runs show ${record.run}`);
}

/** An item of a map, a turn of a loop, and what a body creates have no place before them that a run could begin at. */
function notFirst(record: RunRecord, label: string): Refusal {
  const { tasks } = record;
  // Items of a large map stand beside the record: what is known is theirs, too.
  const name = unknownTasks(tasks, { from: [label] }).length > 0 ? label : labelledName(label);
  const inner =
    tasks.find((one) => taskLabel(one.name, one.index) === label) ?? tasks.find((one) => one.name === name);
  if (inner === undefined) return unknownTask(record, [label]);
  const outer = outermost(record, inner).name;
  const where = outer === name ? 'is one of the items of' : 'is created inside';
  const message =
    `${label} ${where} ${outer}, and only what the pipeline's own function creates can be tested alone: ` +
    `test ${outer}, with all that is in it`;
  return notTestable(message, `assay pipelines test ${record.pipeline} --task ${outer}`);
}

function outermost({ tasks }: RunRecord, inner: TaskRecord): TaskRecord {
  const byLabel = new Map(tasks.map((task) => [taskLabel(task.name, task.index), task]));
  let found = inner;
  while (found.within !== undefined) {
    const around = byLabel.get(found.within);
    if (around === undefined) break;
    found = around;
  }
  return found;
}

function notTestable(message: string, next: string): Refusal {
  return new Refusal('NotTestable', message, { next });
}

/** All that it comes after, awaited references included. */
function before({ run, tasks }: RunRecord, tested: TaskRecord): readonly TaskRecord[] {
  const byName = new Map(tasks.filter(({ index }) => index === undefined).map((task) => [task.name, task]));
  const found = new Map<string, TaskRecord>();
  const names = [...tested.after];
  for (let name = names.pop(); name !== undefined; name = names.pop()) {
    const task = byName.get(name);
    if (task === undefined || found.has(name)) continue;
    found.set(name, task);
    names.push(...task.after);
  }
  const missing = [...found.values()].filter(({ state }) => !hasEnded(state)).map(({ name }) => name);
  if (missing.length === 0) return [...found.values()];
  const message = `${tested.name} comes after ${missing.join(', ')}, of which ${run} has nothing`;
  throw new Refusal('NothingBefore', message, { next: `assay runs show ${run}` });
}

/** @param now its attempt's number: nothing that it writes is taken for that of another test, or of the run */
function attemptOf(record: RunRecord, task: string, memo: readonly TaskRecord[], now: number): Attempt {
  const { run, pipeline, key, params, interval, trigger, codeVersion, clock } = record;
  return {
    facts: {
      id: run,
      pipeline,
      ...(key !== undefined && { key }),
      attempt: now,
      params,
      fireTime: parseRunId(run)?.fireTime ?? interval.end,
      interval,
      ...(trigger !== undefined && { trigger }),
      codeVersion,
    },
    startedBy: `test of ${task}`,
    startedAt: new Date(now).toISOString(),
    clock,
    tags: [],
    searchAttributes: [],
    memo: { tasks: memo },
    generation: 0,
    slice: { map: task, alone: true, from: 0, to: 0, inlineBytes: 0 },
  };
}
