/** Tasks that ask a person: how the author puts it, and their bodies. */
import { defaultAnswer, questionProblems, REJECT, type Answer, type Question } from '../domain/approval.ts';
import type { Duration } from '../domain/duration.ts';
import type { FormSpec } from '../domain/form.ts';
import { asked, openApproval } from './questions.ts';
import { arrival, refuseInSlice, type WaitPlace } from './waits.ts';

/** Characters of a question. */
const MESSAGE = 4000;

export interface ApprovalSpec {
  readonly choices: readonly string[];
  readonly multiple?: boolean;
  readonly default?: string | readonly string[];
  readonly fields?: FormSpec;
}

/** @throws InvalidApproval */
export function questionOf(runtime: WaitPlace['runtime'], name: string, spec: ApprovalSpec): Question {
  const { choices, multiple = false, fields = {}, default: given } = spec;
  const fallback = given ?? (choices.includes(REJECT) ? REJECT : undefined);
  const question = {
    choices,
    multiple,
    ...(fallback !== undefined && { default: typeof fallback === 'string' ? [fallback] : fallback }),
    fields,
  };
  const problems = questionProblems(question);
  if (problems.length === 0) return question;
  throw runtime.toError({ type: 'InvalidApproval', message: `the approval ${name}: ${problems.join('; ')}` });
}

/** Whoever asks in a new history has asked before: nobody is told again. @throws ApprovalTimeout, NotInLargeMap */
export async function askPeople(
  place: WaitPlace,
  given: Question,
  timeout: Duration | undefined,
): Promise<object> {
  const question = bounded(given);
  const { task, runtime, desk } = place;
  refuseInSlice(place, 'an answer');
  const isNew = task.progress.question === undefined;
  task.progress.question = question;
  task.progress.reason = asked(question);
  runtime.changed(task);
  try {
    const came = arrival(place, timeout, () => desk.questions.answered(task));
    if (isNew) desk.asked(openApproval(place.run, task, question));
    const answer = (await came)
      ? (task.progress.arrived as Answer)
      : defaultAnswer(question, new Date(runtime.now()).toISOString());
    if (answer !== undefined) return shaped(question, answer);
  } finally {
    desk.leave(task);
  }
  const message = `nobody has answered ${task.label} in time, and nothing is declared to be taken for an answer`;
  throw runtime.toError({ type: 'ApprovalTimeout', message });
}

/** It travels with the run's memo. */
function bounded({ message, assignees, ...question }: Question): Question {
  return {
    ...(message !== undefined && { message: message.slice(0, MESSAGE) }),
    ...question,
    ...(assignees !== undefined && { assignees }),
  };
}

/** One choice, or a list, as the question allows. */
function shaped({ multiple }: Question, { choices, ...answer }: Answer): object {
  return multiple ? { choices, ...answer } : { choice: choices[0], ...answer };
}
