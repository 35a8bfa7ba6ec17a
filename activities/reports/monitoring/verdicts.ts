/** How verdicts and decisions are coloured and worded. */
import type { MonitoringDecision, MonitoringVerdict } from '../contract.ts';
import type { Html } from '../html.ts';
import { tag, type Mood } from '../page.ts';

interface Wording {
  readonly mood: Mood;
  readonly word: string;
  readonly sentence: string;
}

export const VERDICTS: Readonly<Record<MonitoringVerdict, Wording>> = {
  ok: {
    mood: 'ok',
    word: 'ok',
    sentence: 'No input has moved by more than chance and the bounds allow.',
  },
  warn: { mood: 'warn', word: 'warn', sentence: 'Some inputs have moved, none of them far.' },
  alarm: {
    mood: 'alarm',
    word: 'alarm',
    sentence: 'Inputs have moved so far that the model may no longer fit those it is used for.',
  },
  insufficient_data: {
    mood: 'none',
    word: 'insufficient data',
    sentence: 'There are too few rows to tell drift from chance. That is not an all-clear.',
  },
};

export const DECISIONS: Readonly<Record<MonitoringDecision['decision'], Wording>> = {
  'no-action': { mood: 'ok', word: 'no action', sentence: 'Nothing is to be done.' },
  schedule: {
    mood: 'warn',
    word: 'schedule',
    sentence: 'The next planned retraining takes it into account.',
  },
  'wait-for-labels': {
    mood: 'warn',
    word: 'wait for labels',
    sentence: 'A retraining is due, but the outcomes that it would have to learn from are not known yet.',
  },
  retrain: { mood: 'alarm', word: 'retrain', sentence: 'A retraining starts now.' },
  'stop-and-ask': {
    mood: 'alarm',
    word: 'stop and ask',
    sentence: 'A person has to look before anything else happens.',
  },
};

export function verdictTag(verdict: MonitoringVerdict): Html {
  const { mood, word } = VERDICTS[verdict];
  return tag(mood, word);
}
