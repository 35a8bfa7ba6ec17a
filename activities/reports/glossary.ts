/** What the figures of a report mean, for those who don't meet them every day: folded, for those who do. */
import { html, type Html } from './html.ts';

type Term = readonly [name: string, meaning: string];

const AUC: Term = [
  'AUC',
  'of all pairs of a row with the event and one without, the share in which the one with it has the higher score: 0.5 is guessing, 1 is perfect.',
];
const GINI: Term = ['Gini', '2 · AUC − 1: 0 is guessing.'];
const PR_AUC: Term = [
  'PR-AUC',
  'average precision: how many of those flagged have the event, averaged over all thresholds. Guessing gives the event rate.',
];
const CALIBRATION: Term = [
  'Mean score / event rate',
  '1 where as many events come as the scores promise; above it the model promises too many.',
];

export const TRAINING_TERMS: readonly Term[] = [
  AUC,
  GINI,
  PR_AUC,
  CALIBRATION,
  ['Brier score', 'mean square of what scores miss the outcomes by, 0 or 1 each: the lower the better.'],
  ['Log loss', 'as the Brier score, but sure scores that turn out wrong weigh more.'],
  [
    'Calibration error (ECE)',
    'how far the event rate lies from the mean score in tenths of the rows, on average. It is never 0, for chance adds to it.',
  ],
  [
    'Kolmogorov–Smirnov (KS)',
    'the widest gap between the shares of events and of other rows that are flagged, over all thresholds.',
  ],
  ['p95', '95 of 100 calls take no longer.'],
];

export const MONITORING_TERMS: readonly Term[] = [
  [
    'PSI',
    'population stability index: how far a distribution has moved from the reference, bin by bin. 0 is not at all, below 0.1 is usually let pass, above 0.25 is another distribution.',
  ],
  ['Reference', 'the rows that this version is held against, frozen when it was registered.'],
  AUC,
  GINI,
  PR_AUC,
  CALIBRATION,
];

export function glossary(terms: readonly Term[]): Html {
  return html`<details>
    <summary>What these figures mean</summary>
    <dl class="terms">
      ${terms.map(
        ([name, meaning]) =>
          html`<dt>${name}</dt>
            <dd>${meaning}</dd> `,
      )}
    </dl>
  </details>`;
}
