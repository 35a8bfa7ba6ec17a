/** The questions of a run that are open: who may answer what, and what has been answered. */
import {
  answerOf,
  answerProblem,
  isAnswerInput,
  type Answer,
  type AnswerInput,
  type OpenApproval,
  type Question,
} from '../domain/approval.ts';
import type { RecordedError } from '../domain/run-record.ts';
import { hasEnded } from '../domain/trigger-rules.ts';
import type { Scheduler } from './scheduler.ts';
import type { Task } from './task.ts';

/** The run that asks. */
export interface Asking {
  readonly id: string;
  readonly attempt: number;
}

export function openApproval(
  { id: run, attempt }: Asking,
  { label, progress }: Task,
  question: Question,
): OpenApproval {
  const { startedAt = '', waitsUntil } = progress;
  const until = waitsUntil === undefined ? {} : { until: waitsUntil };
  return { run, attempt, task: label, since: startedAt, ...until, ...question };
}

export class Questions {
  readonly #open = new Map<Task, () => void>();
  #scheduler: Scheduler | undefined;

  open(scheduler: Scheduler): void {
    this.#scheduler = scheduler;
  }

  async answered(task: Task): Promise<void> {
    if ('arrived' in task.progress) return;
    await new Promise<void>((come) => {
      this.#open.set(task, come);
    });
  }

  leave(task: Task): void {
    this.#open.delete(task);
  }

  list(run: Asking): readonly OpenApproval[] {
    return [...this.#open.keys()].flatMap((task) => {
      const { question } = task.progress;
      return question === undefined || 'arrived' in task.progress ? [] : [openApproval(run, task, question)];
    });
  }

  /** Why this can't be taken for an answer now; nothing has changed then. */
  refusal(input: unknown): RecordedError | undefined {
    if (!isAnswerInput(input)) {
      const message =
        'an answer is {"task": …, "who": …, "choice": one of the choices or a list, "comment"?: …, "fields"?: {…}}';
      return { type: 'InvalidAnswer', message };
    }
    const task = this.#scheduler?.tasks.find(({ label }) => label === input.task);
    const { question } = task?.progress ?? {};
    if (task === undefined || question === undefined || !this.#isOpen(task))
      return this.#notOpen(input, task);
    return answerProblem(question, input);
  }

  /** @param at RFC 3339 */
  answer(input: AnswerInput, at: string): Answer {
    const task = [...this.#open.keys()].find(({ label }) => label === input.task);
    const { question } = task?.progress ?? {};
    if (task === undefined || question === undefined) throw new TypeError(`${input.task} was not looked for`);
    const answer = answerOf(question, input, at);
    this.#scheduler?.arrive(task, answer);
    this.#open.get(task)?.();
    this.#scheduler?.isDraining();
    return answer;
  }

  #isOpen(task: Task): boolean {
    return this.#open.has(task) && !('arrived' in task.progress);
  }

  #notOpen({ task: label }: AnswerInput, task: Task | undefined): RecordedError {
    if (this.#scheduler === undefined || this.#scheduler.isRecalled(label)) {
      return {
        type: 'NotReady',
        message: 'the run goes on in a new history just now: answer again in a moment',
      };
    }
    if (task === undefined || task.spec.kind !== 'approval') {
      const open = [...this.#open.keys()].map((one) => one.label).join(', ') || 'nothing';
      const what = task === undefined ? 'no task named' : 'no question in task';
      return { type: 'UnknownTask', message: `there is ${what} ${label}; waiting for an answer: ${open}` };
    }
    const { state, result, arrived } = task.progress;
    const answer = (arrived ?? result) as Partial<Answer> | undefined;
    if (answer?.at !== undefined) {
      const by = answer.by === null ? 'nobody, in time' : answer.by;
      return { type: 'AlreadyAnswered', message: `${label} has been answered by ${by}, at ${answer.at}` };
    }
    const message = hasEnded(state)
      ? `${label} is ${state}: it takes no answer any more`
      : `${label} is ${state}: it takes no answer yet`;
    return { type: 'NotWaiting', message };
  }
}

/** For people who look at the run: `ann, bob: approve, reject?` */
export function asked({ assignees, choices }: Question): string {
  return `${assignees?.join(', ') ?? 'anybody'}: ${choices.join(', ')}?`;
}
