/** How a run is seen from outside: its record by query, the live table in the Web UI, the search attributes. */
import { defineQuery, setCurrentDetails, setHandler, workflowInfo } from '@temporalio/workflow';
import { liveTable, type LiveRow } from '../domain/live-table.ts';
import {
  RECORD_QUERY,
  type MapSlice,
  type RecordedError,
  type RunRecord,
  type RunState,
  type TaskState,
} from '../domain/run-record.ts';
import type { Attempt } from './attempt.ts';
import { workflowNow } from './determinism.ts';
import type { Scheduler } from './scheduler.ts';
import { publish } from './search-attributes.ts';
import type { Task } from './task.ts';

const recordQuery = defineQuery<RunRecord>(RECORD_QUERY);

export interface View {
  /** Some task has another state: the table is drawn again, once for many changes. */
  readonly changed: () => void;
  show(scheduler: Scheduler): void;
  /** @returns the record as it will stand in the ledger */
  end(state: RunState, outcome: { result?: unknown; error?: RecordedError }): RunRecord;
}

export function createView(attempt: Attempt): View {
  const { facts, searchAttributes, tags, slice } = attempt;
  let scheduler: Scheduler | undefined;
  let record: Partial<RunRecord> & { state: RunState } = { state: 'running' };
  let drawing = false;

  const current = (): RunRecord => ({ ...recordBase(attempt), ...record, tasks: scheduler?.records() ?? [] });
  const draw = (): void => {
    drawing = false;
    const heading = `**${facts.id}** attempt ${facts.attempt}: ${record.state}`;
    setCurrentDetails(liveTable(heading, rowsOf(scheduler?.tasks ?? [])));
  };

  return {
    changed: () => {
      if (drawing) return;
      drawing = true;
      void Promise.resolve().then(draw);
    },
    show: (shown) => {
      scheduler = shown;
      setHandler(recordQuery, current);
      if (slice !== undefined || attempt.generation > 0) return;
      const runType = facts.attempt > 1 ? 'rerun' : attempt.startedBy === 'schedule' ? 'scheduled' : 'manual';
      const known = {
        pipeline: facts.pipeline,
        runType,
        state: record.state,
        fireTime: new Date(facts.fireTime),
      };
      publish(tags.length === 0 ? known : { ...known, tags: [...tags] }, searchAttributes);
    },
    end: (state, outcome) => {
      record = { state, endedAt: new Date(workflowNow()).toISOString(), ...outcome };
      publish({ state }, searchAttributes);
      draw();
      return current();
    },
  };
}

function recordBase({ facts, startedBy, startedAt, clock }: Attempt): Omit<RunRecord, 'state' | 'tasks'> {
  const { id, fireTime: _fireTime, ...shared } = facts;
  const { workflowId, firstExecutionRunId } = workflowInfo();
  return {
    ...shared,
    run: id,
    startedBy,
    startedAt,
    clock,
    workflowId,
    workflowRunId: firstExecutionRunId,
  };
}

/** A row for each name: items of maps are counted in their map's row. */
function rowsOf(tasks: readonly Task[]): readonly LiveRow[] {
  const items = new Map<string, Partial<Record<TaskState, number>>>();
  for (const { spec, within, progress } of tasks) {
    if (spec.kind !== 'item' || within === undefined) continue;
    const counts = items.get(within) ?? {};
    counts[progress.state] = (counts[progress.state] ?? 0) + 1;
    items.set(within, counts);
  }
  return tasks
    .filter(({ spec }) => spec.kind !== 'item')
    .map(({ label, progress: { items: slices, ...progress } }) => {
      const counts = items.get(label) ?? (slices === undefined ? undefined : sliceCounts(slices));
      return { ...progress, name: label, ...(counts !== undefined && { items: counts }) };
    });
}

function sliceCounts(slices: readonly MapSlice[]): NonNullable<LiveRow['items']> {
  const sum = (of: (slice: MapSlice) => number): number =>
    slices.reduce((total, slice) => total + of(slice), 0);
  const [failed, skipped] = [sum((slice) => slice.failed), sum((slice) => slice.skipped)];
  return { success: sum(({ from, to }) => to - from) - failed - skipped, failed, skipped };
}
