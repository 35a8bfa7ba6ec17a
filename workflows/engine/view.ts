/** How a run is seen from outside: its record by query, the live table in the Web UI, the search attributes. */
import { defineQuery, setHandler, workflowInfo } from '@temporalio/workflow';
import { describeDeadline } from '../domain/notices/deadline.ts';
import { recordPage, type PageAsked, type RecordPage } from '../domain/record-pages.ts';
import {
  RECORD_QUERY,
  type RecordedError,
  type RunDeadline,
  type RunRecord,
  type RunState,
} from '../domain/run-record.ts';
import { runTypeOf } from '../domain/run-type.ts';
import type { Attempt } from './attempt.ts';
import { workflowNow } from './determinism.ts';
import { createLiveView } from './live-view.ts';
import type { Scheduler } from './scheduler.ts';
import { publish } from './search-attributes.ts';
import type { Task } from './task.ts';

const recordQuery = defineQuery<RecordPage, [PageAsked?]>(RECORD_QUERY);

export interface View {
  /** A task has another state. */
  readonly changed: (task: Task) => void;
  readonly show: (scheduler: Scheduler) => void;
  /** A deadline has gone by. */
  late(): void;
  /** Whether the run waits for somebody to decide about a failed task. */
  readonly held: (isHeld: boolean) => void;
  /** It waits before its first task; nothing once it waits no longer. */
  readonly queued: (reason?: string) => void;
  /** @returns the record as it will stand in the ledger */
  end(state: RunState, outcome: { result?: unknown; error?: RecordedError }): RunRecord;
}

/** @param deadlines as they stand */
export function createView(attempt: Attempt, deadlines: () => readonly RunDeadline[]): View {
  const { facts, model, searchAttributes, tags, slice } = attempt;
  let scheduler: Scheduler | undefined;
  let record: Partial<RunRecord> & { state: RunState } = { state: 'running' };
  const stateText = (): string =>
    record.queued === undefined ? record.state : `queued, ${record.queued.reason}`;
  const heading = (): string =>
    [`**${facts.id}** attempt ${facts.attempt}: ${stateText()}`, ...lateLines(deadlines())].join('\n\n');
  const live = createLiveView(heading());
  const current = (): RunRecord => ({
    ...recordBase(attempt),
    ...record,
    ...(deadlines().length > 0 && { deadlines: deadlines() }),
    tasks: scheduler?.records() ?? [],
  });

  return {
    changed: live.changed,
    show: (shown) => {
      scheduler = shown;
      setHandler(recordQuery, (page) => recordPage(current(), page));
      if (slice !== undefined || attempt.generation > 0) return;
      const known = {
        pipeline: facts.pipeline,
        runType: runTypeOf(attempt.startedBy, facts.attempt),
        state: record.state,
        ...(model !== undefined && { model }),
        fireTime: new Date(facts.fireTime),
      };
      publish(tags.length === 0 ? known : { ...known, tags: [...tags] }, searchAttributes);
    },
    late: () => live.show(heading()),
    held: (isHeld) => {
      publish({ state: isHeld ? 'held' : record.state }, searchAttributes);
      live.show(isHeld ? `${heading()}, held: somebody has to decide` : heading());
    },
    queued: (reason) => {
      const { queued: _before, ...rest } = record;
      record = reason === undefined ? rest : { ...rest, queued: { reason, since: nowText() } };
      live.show(heading());
    },
    end: (state, outcome) => {
      record = { state, endedAt: nowText(), ...outcome };
      publish({ state }, searchAttributes);
      live.show(heading());
      return current();
    },
  };
}

function lateLines(deadlines: readonly RunDeadline[]): string[] {
  return deadlines
    .filter(({ missed }) => missed)
    .map((deadline) => {
      const { task = 'the run', dueAt } = deadline;
      return `**late**: ${task} should have succeeded by ${dueAt}, ${describeDeadline(deadline)}`;
    });
}

function nowText(): string {
  return new Date(workflowNow()).toISOString();
}

function recordBase({
  facts,
  startedBy,
  startedAt,
  clock,
  tags,
}: Attempt): Omit<RunRecord, 'state' | 'tasks'> {
  const { id, fireTime: _fireTime, ...shared } = facts;
  const { workflowId, firstExecutionRunId } = workflowInfo();
  return {
    ...shared,
    run: id,
    ...(tags.length > 0 && { tags }),
    startedBy,
    startedAt,
    clock,
    workflowId,
    workflowRunId: firstExecutionRunId,
  };
}
