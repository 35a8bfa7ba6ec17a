/** Notices in words: what happened, why, and what to do next. */
import type { OpenApproval } from '../approval.ts';
import type { RecordedError } from '../run-record.ts';
import { deadlineKey, describeDeadline, type MissedDeadline } from './deadline.ts';
import type { Notice } from './notice.ts';

export interface Told {
  readonly run: string;
  readonly pipeline: string;
  readonly attempt: number;
}

/** A reason is a hint: the whole of it stands in the ledger. */
const REASON_CHARACTERS = 500;

export function runSucceeded(told: Told, at: string): Notice {
  return {
    ...of(told, 'success', [], at),
    title: `${told.run} succeeded`,
    text: `Attempt ${told.attempt} of ${told.run} succeeded.\n${look(told)}`,
  };
}

export function runFailed(
  told: Told,
  at: string,
  failed: readonly { readonly task: string; readonly error: RecordedError }[],
): Notice {
  const causes = failed.map(({ task, error }) => `- ${task}: ${error.type}: ${short(error.message)}`);
  return {
    ...of(told, 'failure', [], at),
    title: `${told.run} failed`,
    text: [
      `Attempt ${told.attempt} of ${told.run} failed:`,
      ...causes,
      look(told),
      `When the cause is mended: assay runs rerun ${told.run} --only-failed`,
    ].join('\n'),
  };
}

export function taskRetries(
  told: Told,
  at: string,
  { task, tries, error, retryAt }: { task: string; tries: number; error: RecordedError; retryAt: string },
): Notice {
  return {
    ...of(told, 'retry', [task, String(tries)], at),
    task,
    title: `${told.run}: try ${tries} of ${task} failed`,
    text: `${error.type}: ${short(error.message)}\nThe next try is at ${retryAt}.\n${look(told, task)}`,
  };
}

export function taskSkipped(told: Told, at: string, task: string, reason: string | undefined): Notice {
  return {
    ...of(told, 'skip', [task], at),
    task,
    title: `${told.run}: ${task} was skipped`,
    text: `${reason === undefined ? 'It gave no reason.' : `Its reason: ${short(reason)}`}\n${look(told, task)}`,
  };
}

export function questionAsked(
  told: Told,
  { task, message, choices, assignees, since, until }: OpenApproval,
): Notice {
  const { run } = told;
  return {
    ...of(told, 'approval', [task], since),
    task,
    title: `${run}: ${task} waits for ${assignees?.join(', ') ?? 'somebody'}`,
    text: [
      ...(message === undefined ? [] : [short(message)]),
      `To choose from: ${choices.join(', ')}.${until === undefined ? '' : ` Until ${until}.`}`,
      `Answer: assay approvals answer ${run} ${task} CHOICE`,
    ].join('\n'),
  };
}

/** @param stands what has become of the run so far, as people say it */
export function deadlineMissed(
  told: Omit<Told, 'attempt'>,
  { deadline, dueAt }: MissedDeadline,
  stands: string,
): Notice {
  const { task } = deadline;
  const who = task === undefined ? told.run : `${task} of ${told.run}`;
  return {
    key: deadlineKey(told.run, deadline),
    event: 'deadline',
    at: dueAt,
    pipeline: told.pipeline,
    run: told.run,
    ...(task !== undefined && { task }),
    title: `${who} is late`,
    text: `${who} should have succeeded by ${dueAt}, ${describeDeadline(deadline)}: ${stands}.\n${look(told)}`,
  };
}

function of(
  { run, pipeline, attempt }: Told,
  event: Notice['event'],
  more: readonly string[],
  at: string,
): Omit<Notice, 'title' | 'text'> {
  return { key: [run, attempt, ...more, event].join('/'), event, at, pipeline, run, attempt };
}

function look({ run }: Pick<Told, 'run'>, task?: string): string {
  return `More: assay runs ${task === undefined ? `show ${run}` : `logs ${run} ${task}`}`;
}

function short(text: string): string {
  return text.length <= REASON_CHARACTERS ? text : `${text.slice(0, REASON_CHARACTERS - 1)}…`;
}
