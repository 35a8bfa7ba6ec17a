/** The ways into a running workflow: signals and answers go to the run's desk. */
import { defineQuery, defineUpdate, log, setDefaultSignalHandler, setHandler } from '@temporalio/workflow';
import {
  ANSWER_UPDATE,
  APPROVALS_QUERY,
  type Answer,
  type AnswerInput,
  type OpenApproval,
} from '../domain/approval.ts';
import type { Attempt } from './attempt.ts';
import { workflowNow } from './determinism.ts';
import { Desk } from './desk.ts';
import { toFailure } from './failures.ts';

const answerUpdate = defineUpdate<Answer, [AnswerInput]>(ANSWER_UPDATE);
const approvalsQuery = defineQuery<readonly OpenApproval[]>(APPROVALS_QUERY);

/** Before anything is awaited: what has come by then is delivered at once. */
export function openDesk({ facts, signals, slice }: Attempt, asked: Desk['asked']): Desk {
  const desk = new Desk(signals, asked);
  setDefaultSignalHandler((name, payload) => {
    for (const { name: lost } of desk.signal({ name, payload })) {
      log.warn('a signal that nobody waited for was given up for newer ones', {
        run: facts.id,
        signal: lost,
      });
    }
  });
  if (slice === undefined) takeAnswers(desk, facts);
  return desk;
}

/** What is refused leaves no trace: nothing has changed, and history does not grow. */
function takeAnswers({ questions }: Desk, facts: Attempt['facts']): void {
  const refuse = (input: AnswerInput): void => {
    const refusal = questions.refusal(input);
    if (refusal !== undefined) throw toFailure(refusal);
  };
  const take = (input: AnswerInput): Answer => questions.answer(input, new Date(workflowNow()).toISOString());
  setHandler(answerUpdate, take, { validator: refuse, description: 'answers a question that the run asks' });
  setHandler(approvalsQuery, () => questions.list(facts), { description: 'the questions that are open' });
}
