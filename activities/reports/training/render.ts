/** The training report of one model version, as a page. Pure: the same document gives the same bytes. */
import type { Verdict } from '../../../workflows/domain/gates.ts';
import type { TrainingReport } from '../contract.ts';
import { html, type Html } from '../html.ts';
import { change, count, decimal, estimate, percent } from '../numbers.ts';
import { glossary, TRAINING_TERMS } from '../glossary.ts';
import { day, figures, page, type Mood } from '../page.ts';
import { againstChampion } from './champion.ts';
import { discrimination, probabilities } from './curves.ts';
import { gateSection } from './gate.ts';
import { groups } from './groups.ts';
import { influences } from './influences.ts';
import { lineageSection, modelCard } from './lineage.ts';
import { atThreshold } from './threshold.ts';

const MOODS: Readonly<Record<Verdict, Mood>> = { pass: 'ok', hold: 'warn', fail: 'alarm' };

const SENTENCES: Readonly<Record<Verdict, string>> = {
  pass: 'It may be promoted.',
  hold: 'It waits for a person’s word, or for more labels.',
  fail: 'It is not to be promoted.',
};

export function renderTraining(report: TrainingReport): string {
  const name = `${report.model.model}, version ${report.model.version}`;
  return page({
    title: `Training report: ${name}`,
    kicker: `Training report · registered ${day(report.registeredAt)}`,
    heading: name,
    body: [
      verdict(report),
      keyFigures(report),
      glossary(TRAINING_TERMS),
      gateSection(report),
      againstChampion(report),
      discrimination(report),
      probabilities(report),
      atThreshold(report),
      groups(report),
      influences(report),
      modelCard(report),
      lineageSection(report),
    ],
    footer: html`Project ${report.project}. The same numbers, unrounded, stand in the JSON file of the same
    name. Intervals are 95 % intervals.`,
  });
}

function verdict({ gate, evaluation }: TrainingReport): Html {
  const { difference, auc, rows } = evaluation;
  const against =
    gate.against === null ? undefined : html`, the champion being version ${count(gate.against)}`;
  return html`<div class="verdict ${MOODS[gate.verdict]}">
    <p>
      <strong>${gate.recorded ? 'The gate says' : 'The gate would say'}: ${gate.verdict}.</strong>
      ${SENTENCES[gate.verdict]}
    </p>
    <p>
      On ${count(rows)} rows that it has not learnt from${against}, the model puts a row with the event above
      one without it in ${percent(auc.value)} of all pairs (its AUC).
      ${difference && html`The difference to the champion’s is ${change(difference.auc.value, 4)}, with a 95 % interval from ${change(difference.auc.low, 4)} to ${change(difference.auc.high, 4)}.`}
      ${gate.superiority && html`${gate.superiority.reason}`}
    </p>
  </div>`;
}

function keyFigures({ evaluation }: TrainingReport): Html {
  const eventRate = evaluation.positives / evaluation.rows;
  return figures([
    ['Rows judged on', count(evaluation.rows)],
    [
      'Rows with the event',
      html`${count(evaluation.positives)} <span class="interval">${percent(eventRate)}</span>`,
    ],
    ['AUC', estimate(evaluation.auc)],
    ['Gini', decimal(evaluation.gini)],
    ['PR-AUC', estimate(evaluation.prAuc)],
    ['Mean score / event rate', decimal(evaluation.calibration)],
    ['Brier score', decimal(evaluation.brier, 4)],
    ['Log loss', decimal(evaluation.logLoss, 4)],
    ['Calibration error (ECE)', decimal(evaluation.ece, 4)],
    ['Kolmogorov–Smirnov', decimal(evaluation.ks)],
    ['Scoring one record (p95)', html`${decimal(evaluation.latencyMs, 2)} ms`],
  ]);
}
