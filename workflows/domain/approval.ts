/**
 * Questions to people, and their answers: what is asked, what counts as an answer, and what is taken where nobody
 * answers. An answer comes by Temporal update `answer`, from whoever may send one.
 */
import { fieldProblems, filled, type FieldSpec } from './form.ts';

/** The update that answers, and the query that lists what is open. */
export const ANSWER_UPDATE = 'answer';
export const APPROVALS_QUERY = 'assayApprovals';

/** Taken where nobody answers in time, unless the author says otherwise. */
export const REJECT = 'reject';

export interface Question {
  readonly message?: string | undefined;
  readonly choices: readonly string[];
  /** Whether several choices may be made at once. */
  readonly multiple: boolean;
  /** Who may answer; anybody where there are none. Who somebody really is, the server's authorizer must say. */
  readonly assignees?: readonly string[] | undefined;
  /** The choices that are taken once the time is over; without any the task fails. */
  readonly default?: readonly string[];
  readonly fields: Readonly<Record<string, FieldSpec>>;
}

/** A question that waits for its answer. */
export interface OpenApproval extends Question {
  readonly run: string;
  readonly attempt: number;
  /** As an answer names it: `approve`, or `approve[2]` inside a map. */
  readonly task: string;
  /** RFC 3339. */
  readonly since: string;
  readonly until?: string;
}

/** What the update takes. */
export interface AnswerInput {
  readonly task: string;
  readonly who: string;
  /** One of the choices, or a list of them where several may be made. */
  readonly choice: string | readonly string[];
  readonly comment?: string;
  readonly fields?: Readonly<Record<string, unknown>>;
}

export interface Answer {
  readonly choices: readonly string[];
  /** `null` where nobody answered in time. */
  readonly by: string | null;
  readonly comment?: string;
  /** RFC 3339. */
  readonly at: string;
  readonly timedOut: boolean;
  /** Values as the fields declare them; absent where none was given and there is no default. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Why something is no answer to the question. */
export interface AnswerProblem {
  readonly type: 'InvalidAnswer' | 'NotAssignee' | 'WrongChoice' | 'InvalidFields';
  readonly message: string;
}

/** Whether it says what an update must say at all, whatever the question. */
export function isAnswerInput(input: unknown): input is AnswerInput {
  if (typeof input !== 'object' || input === null) return false;
  const { task, who, choice, comment, fields } = input as Record<string, unknown>;
  const choices = Array.isArray(choice) ? choice : [choice];
  return (
    typeof task === 'string' &&
    typeof who === 'string' &&
    who.trim() !== '' &&
    choices.every((one) => typeof one === 'string') &&
    (comment === undefined || typeof comment === 'string') &&
    (fields === undefined || (typeof fields === 'object' && fields !== null && !Array.isArray(fields)))
  );
}

export function answerProblem(question: Question, input: AnswerInput): AnswerProblem | undefined {
  const { choices, multiple, assignees } = question;
  const chosen = chosenBy(input);
  const known = choices.join(', ');
  if (assignees !== undefined && !assignees.includes(input.who)) {
    const message = `${input.who} may not answer ${input.task}; ${assignees.join(', ')} may`;
    return { type: 'NotAssignee', message };
  }
  const wrong = chosen.filter((choice) => !choices.includes(choice));
  if (wrong.length > 0) {
    return { type: 'WrongChoice', message: `${wrong.join(', ')} is no choice of ${input.task}: ${known}` };
  }
  if (multiple ? new Set(chosen).size !== chosen.length || chosen.length === 0 : chosen.length !== 1) {
    const count = multiple ? 'one or more of its choices, each once' : 'exactly one of its choices';
    return { type: 'WrongChoice', message: `${input.task} takes ${count}: ${known}` };
  }
  // Whoever rejects need not fill in the form.
  const isRejection = chosen.length === 1 && chosen[0] === REJECT;
  const problems = fieldProblems(question.fields, input.fields ?? {}, { requireAll: !isRejection });
  if (problems.length === 0) return undefined;
  return { type: 'InvalidFields', message: `fields of ${input.task}: ${problems.join('; ')}` };
}

/** @param at RFC 3339 */
export function answerOf(question: Question, input: AnswerInput, at: string): Answer {
  const { who: by, comment, fields = {} } = input;
  return {
    choices: chosenBy(input),
    by,
    ...(comment !== undefined && { comment }),
    at,
    timedOut: false,
    fields: filled(question.fields, fields),
  };
}

/** `undefined` where there is no default: nobody's silence is then an answer. */
export function defaultAnswer(question: Question, at: string): Answer | undefined {
  if (question.default === undefined) return undefined;
  return { choices: question.default, by: null, at, timedOut: true, fields: filled(question.fields, {}) };
}

/** Every problem of a question as its author has put it, in words. */
export function questionProblems({ choices, multiple, default: fallback, fields }: Question): string[] {
  const unknown = (fallback ?? []).filter((choice) => !choices.includes(choice));
  const defaults = Object.fromEntries(
    Object.entries(fields).flatMap(([name, { default: value }]) =>
      value === undefined ? [] : [[name, value]],
    ),
  );
  return [
    ...(choices.length === 0 ? ['there is nothing to choose from'] : []),
    ...(new Set(choices).size < choices.length ? ['a choice is there twice'] : []),
    ...unknown.map((choice) => `the default ${choice} is no choice`),
    ...(!multiple && fallback !== undefined && fallback.length !== 1
      ? ['the default must be one choice']
      : []),
    ...fieldProblems(fields, defaults, { requireAll: false }).map((problem) => `default of ${problem}`),
  ];
}

function chosenBy({ choice }: AnswerInput): readonly string[] {
  return typeof choice === 'string' ? [choice] : choice;
}
