/** The verdict, and what was decided on it and why: what a reader needs first. */
import type { MonitoringReport, Reason } from '../contract.ts';
import { html, type Content, type Html } from '../html.ts';
import { count, decimal, plain } from '../numbers.ts';
import { day, table } from '../page.ts';
import { DECISIONS, VERDICTS } from './verdicts.ts';

export function verdictAndDecision(report: MonitoringReport): Html {
  const { verdict, decision, columns, quality, reference, current } = report;
  const { mood, word, sentence } = VERDICTS[verdict];
  const alarms = namesOf(report, 'alarm');
  const warnings = namesOf(report, 'warn');
  return html`<div class="verdict ${quality.verdict === 'broken' ? 'alarm' : mood}">
      <p><strong>Inputs: ${word}.</strong> ${sentence}</p>
      ${alarms.length > 0 && html`<p>In alarm: ${alarms.join(', ')}.</p>`}
      ${warnings.length > 0 && html`<p>Worth a look: ${warnings.join(', ')}.</p>`}
      ${quality.verdict === 'broken' && html`<p><strong>Data: broken.</strong> ${quality.findings.length === 1 ? 'A column' : 'Columns'} did not arrive as expected. That asks for a fix of the feed, not for a retraining.</p>`}
      <p class="facts">
        ${count(columns.length)} features held against ${reference.description}.
        ${current.intervals && html`Held against it are the intervals ${current.intervals.map(day).join(', ')} together, scores where this version gave them.`}
      </p>
    </div>
    ${decision && decided(decision)}`;
}

/** What moved farthest comes first. */
function namesOf({ columns }: MonitoringReport, verdict: 'alarm' | 'warn'): string[] {
  return columns
    .filter((column) => column.verdict === verdict)
    .toSorted((one, other) => (other.psi ?? 0) - (one.psi ?? 0))
    .map(({ name }) => name);
}

function decided({
  decision,
  reasons,
  possibleFrom,
  owner,
  page,
}: NonNullable<MonitoringReport['decision']>): Html {
  const { mood, word, sentence } = DECISIONS[decision];
  return html`<div class="verdict ${mood}">
      <p><strong>Decision: ${word}.</strong> ${sentence}</p>
      ${possibleFrom !== undefined && html`<p>A retraining is possible from ${day(possibleFrom)} on.</p>`}
      ${owner !== undefined && html`<p>Asked is: ${owner}.</p>`}
    </div>
    ${
      page &&
      html`<div class="verdict alarm">
        <p>
          <strong>Below the floor.</strong> ${page.reason} (${decimal(page.value, 4)} where
          ${decimal(page.floor)} is asked for, labels of ${day(page.interval)}). Called is: ${page.owner}.
        </p>
      </div>`
    }
    ${reasons.length > 0 && reasonTable(reasons)}`;
}

function reasonTable(reasons: readonly Reason[]): Html {
  return table(
    [
      { title: 'Looked at' },
      { title: 'Found', number: true },
      { title: 'Bound' },
      { title: 'What it means' },
    ],
    reasons.map(({ measure, value, threshold, reason }) => [
      measure,
      figureOf(value),
      figureOf(threshold),
      reason,
    ]),
    { words: true },
  );
}

/** Of a reason: a number with its digits, or words. */
export function figureOf(value: number | string | null): Content {
  return typeof value === 'string' ? value : plain(value);
}
