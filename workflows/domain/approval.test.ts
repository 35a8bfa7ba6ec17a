import { describe, expect, test } from 'vitest';
import { answerOf, answerProblem, defaultAnswer, questionProblems, type Question } from './approval.ts';

const QUESTION: Question = {
  choices: ['approve', 'reject'],
  multiple: false,
  default: ['reject'],
  fields: {},
};
const AT = '2026-01-01T00:00:00Z';

describe('answerProblem', () => {
  test('lets anybody answer where nobody is named, and only those where some are', () => {
    const answer = { task: 'approve', who: 'ann', choice: 'approve' };
    expect(answerProblem(QUESTION, answer)).toBeUndefined();
    expect(answerProblem({ ...QUESTION, assignees: [] }, answer)?.type).toBe('NotAssignee');
    expect(answerProblem({ ...QUESTION, assignees: ['ann'] }, { ...answer, who: 'Ann' })?.type).toBe(
      'NotAssignee',
    );
  });

  test.each<[string, boolean, string | string[], boolean]>([
    ['one choice of one', false, ['approve'], true],
    ['two of one', false, ['approve', 'reject'], false],
    ['none of one', false, [], false],
    ['two of several', true, ['approve', 'reject'], true],
    ['the same twice', true, ['approve', 'approve'], false],
    ['none of several', true, [], false],
  ])('judges %s', (_what, multiple, choice, isFine) => {
    const problem = answerProblem({ ...QUESTION, multiple }, { task: 't', who: 'ann', choice });
    expect(problem?.type).toBe(isFine ? undefined : 'WrongChoice');
  });
});

describe('an answer', () => {
  test('says who and when, and nobody where the time was over', () => {
    const given = answerOf(QUESTION, { task: 't', who: 'ann', choice: 'approve', comment: 'yes' }, AT);
    expect(given).toEqual({
      choices: ['approve'],
      by: 'ann',
      comment: 'yes',
      at: AT,
      timedOut: false,
      fields: {},
    });
    expect(defaultAnswer(QUESTION, AT)).toEqual({
      choices: ['reject'],
      by: null,
      at: AT,
      timedOut: true,
      fields: {},
    });
  });

  test('is none where nobody has said what silence means', () => {
    const { default: _none, ...question } = QUESTION;
    expect(defaultAnswer(question, AT)).toBeUndefined();
  });
});

describe('questionProblems', () => {
  test('names what an author can get wrong', () => {
    const wrong: Question = {
      choices: ['a', 'a'],
      multiple: false,
      default: ['b', 'c'],
      fields: { limit: { type: 'integer', default: 1.5 } },
    };
    expect(questionProblems(wrong)).toEqual([
      'a choice is there twice',
      'the default b is no choice',
      'the default c is no choice',
      'the default must be one choice',
      'default of limit must be a whole number; given: 1.5',
    ]);
    expect(questionProblems(QUESTION)).toEqual([]);
  });
});
