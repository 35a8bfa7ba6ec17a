/** What a person decides about a task that failed: of an open run that holds it, or of a closed one for its next attempt. */
import type { TaskRecord } from './run-record.ts';

/** The update by which an operator decides about a held task. */
export const RESOLVE_UPDATE = 'resolve';

const ACTIONS = ['retry', 'succeed', 'skip', 'fail'] as const;

type Action = (typeof ACTIONS)[number];

export interface Resolution {
  /** `name` or `name[index]`. */
  readonly task: string;
  readonly action: Action;
  /** The result, where the task is to count as a success. */
  readonly value?: unknown;
  /** Who says so, for the record. */
  readonly by: string;
  readonly comment?: string;
}

export interface RecordedResolution extends Resolution {
  readonly at: string;
}

/** A raw update or command may hand in anything. @returns what is wrong, for people; empty where nothing is */
export function problemsOf(given: unknown): readonly string[] {
  if (typeof given !== 'object' || given === null) return ['it must be an object'];
  const { task, action, by, comment } = given as Record<string, unknown>;
  return [
    ...(isText(task) ? [] : ['task must be the name of a task, such as "silver" or "score[3]"']),
    ...(ACTIONS.some((known) => known === action) ? [] : [`action must be one of ${ACTIONS.join(', ')}`]),
    ...(isText(by) ? [] : ['by must say who decides']),
    ...(comment === undefined || typeof comment === 'string' ? [] : ['comment must be a text']),
    ...('value' in given && action !== 'succeed' ? ['only succeed takes a value'] : []),
  ];
}

export function inWords({ action, by, comment }: Resolution): string {
  const done = { retry: 'to be tried again', succeed: 'taken for done', skip: 'skipped', fail: 'failed' }[
    action
  ];
  return `${done} by ${by}${comment === undefined ? '' : `: ${comment}`}`;
}

/** The task as the next attempt is to find it. */
export function marked(task: TaskRecord, resolution: RecordedResolution): TaskRecord {
  const { error, reason: _reason, result: _result, stored: _stored, held: _held, ...rest } = task;
  const { action, value } = resolution;
  const base = {
    ...rest,
    endedAt: task.endedAt ?? resolution.at,
    resolutions: [...(task.resolutions ?? []), resolution],
  };
  if (action === 'succeed')
    return { ...base, state: 'success', ...(value !== undefined && { result: value }) };
  if (action === 'skip') return { ...base, state: 'skipped', reason: inWords(resolution) };
  const told = { type: 'MarkedAsFailed', message: inWords(resolution) };
  return { ...base, state: 'failed', error: error ?? told };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}
