/** How well the scores rank, and how far they can be read as probabilities. */
import type { ModelFigures } from '../../../workflows/domain/curves.ts';
import type { TrainingReport } from '../contract.ts';
import { calibrationChart } from '../charts/calibration.ts';
import { curveChart, type Curves } from '../charts/curves.ts';
import { scoreHistogram } from '../charts/score-histogram.ts';
import { html, type Content, type Html } from '../html.ts';
import { count, decimal, estimate, percent } from '../numbers.ts';
import { figure, section, table, type Column } from '../page.ts';

export function discrimination(report: TrainingReport): Html {
  const { figures, evaluation } = report;
  const { championFigures: champion } = evaluation;
  return section(
    'How well it ranks',
    html`<p>
      Drawn on this version’s own held-out rows: ${count(figures.rows)}, of which ${count(figures.positives)}
      with the event. None of them was learnt from.
      ${champion && html`<span class="key"></span>is this model; <span class="key other"></span>is the champion on the ${count(champion.rows)} rows of the gate, ${count(champion.positives)} with the event, which it has not learnt from either.`}
    </p>`,
    html`<div class="charts">${roc(report)}${precisionRecall(report)}${lift(report)}</div>`,
  );
}

export function probabilities(report: TrainingReport): Html {
  return section(
    'Scores as probabilities',
    html`<p>
      If a score of 20 % means that one in five has the event, the points stand on the diagonal. Above it the
      model promises too little, below it too much.
    </p>`,
    html`<div class="charts">${calibration(report)}${histogram(report)}</div>`,
  );
}

function roc({ figures, evaluation }: TrainingReport): Html {
  const chart = curveChart({
    id: 'roc',
    title: 'ROC curve: share of rows with the event that are found, by share of false alarms',
    x: { name: 'false alarms among rows without the event', percent: true, max: 1 },
    y: { name: 'found', percent: true, max: 1 },
    lines: [
      {
        points: [
          [0, 0],
          [1, 1],
        ],
        tone: 'muted',
        dashed: true,
      },
      ...ofBoth({ figures, evaluation }, ({ roc }) =>
        roc.map((point) => [point.falsePositiveRate, point.truePositiveRate]),
      ),
    ],
  });
  return figure(chart, {
    name: 'ROC curve',
    caption: html`Share of events found against share of false alarms. The dashed line is guessing. AUC on the
    rows of the gate ${decimal(evaluation.auc.value)}.`,
    numbers: numbersOf(
      { figures, evaluation },
      [
        { title: 'False alarms', number: true },
        { title: 'Found', number: true },
      ],
      ({ roc }) => roc.map((point) => [percent(point.falsePositiveRate), percent(point.truePositiveRate)]),
    ),
  });
}

function precisionRecall(report: TrainingReport): Html {
  const { figures } = report;
  const eventRate = figures.positives / figures.rows;
  const highest = Math.max(
    eventRate,
    ...figures.precisionRecall.filter(({ recall }) => recall >= 0.02).map(({ precision }) => precision),
  );
  const chart = curveChart({
    id: 'pr',
    title: 'Precision-recall curve, with the event rate as the level of guessing',
    x: { name: 'found (recall)', percent: true, max: 1 },
    y: { name: 'right (precision)', percent: true, max: Math.min(1, Math.ceil(highest * 10) / 10) },
    lines: [
      {
        points: [
          [0, eventRate],
          [1, eventRate],
        ],
        tone: 'muted',
        dashed: true,
      },
      ...ofBoth(report, ({ precisionRecall }) =>
        precisionRecall.map(({ recall, precision }) => [recall, precision]),
      ),
    ],
  });
  return figure(chart, {
    name: 'Precision and recall',
    caption: html`Of those flagged, how many have the event, against how many of all events are found. The
    dashed line is the event rate, ${percent(eventRate)}.`,
    numbers: numbersOf(
      report,
      [
        { title: 'Recall', number: true },
        { title: 'Precision', number: true },
      ],
      ({ precisionRecall }) =>
        precisionRecall.map(({ recall, precision }) => [percent(recall), percent(precision)]),
    ),
  });
}

function lift(report: TrainingReport): Html {
  const { figures } = report;
  const { championFigures: champion } = report.evaluation;
  const { capacity } = figures;
  const chart = curveChart({
    id: 'lift',
    title: 'Lift by share of rows acted on, with a line where the operating threshold stands',
    x: { name: 'rows acted on, highest scores first', percent: true, max: 1 },
    y: { name: 'lift' },
    lines: [
      {
        points: [
          [0, 1],
          [1, 1],
        ],
        tone: 'muted',
        dashed: true,
      },
      ...ofBoth(report, ({ lift }) => lift.map((point) => [point.share, point.lift])),
    ],
    limit: { at: capacity.share, label: 'capacity' },
  });
  return figure(chart, {
    name: 'Lift',
    caption: html`How many times more events than by chance, if only the highest scores are acted on. At the
    operating threshold that is ${percent(capacity.share)} of the rows, with a lift of
    ${decimal(capacity.lift, 2)} and ${percent(capacity.recall)} of all events.
    ${champion && html`The champion flags ${percent(champion.capacity.share)} there (from ${percent(champion.capacity.threshold)}), with a lift of ${decimal(champion.capacity.lift, 2)} and ${percent(champion.capacity.recall)} of all events.`}`,
    numbers: numbersOf(
      report,
      [
        { title: 'Acted on', number: true },
        { title: 'Lift', number: true },
        { title: 'Events found', number: true },
      ],
      ({ lift }) =>
        lift.map(({ share, lift, recall }) => [percent(share, 0), decimal(lift, 2), percent(recall)]),
    ),
  });
}

function calibration(report: TrainingReport): Html {
  const { figures, evaluation } = report;
  const { championFigures: champion } = evaluation;
  return figure(calibrationChart('calibration', figures.calibration, champion?.calibration), {
    name: 'Calibration',
    caption: html`Each point is a tenth of the rows, with the 95 % interval of its event rate. Over all rows
    of the gate, mean score / event rate is
    ${decimal(evaluation.calibration)}${evaluation.champion && html`, the champion’s ${decimal(evaluation.champion.calibration)}`}.`,
    numbers: numbersOf(
      report,
      [
        { title: 'Scores' },
        { title: 'Rows', number: true },
        { title: 'Events', number: true },
        { title: 'Mean score', number: true },
        { title: 'Event rate', number: true },
      ],
      ({ calibration }) =>
        calibration.map((bin) => [
          html`${percent(bin.low)} to ${percent(bin.high)}`,
          count(bin.rows),
          count(bin.positives),
          percent(bin.meanScore),
          estimate(bin.eventRate, percent),
        ]),
    ),
  });
}

function histogram(report: TrainingReport): Html {
  const { capacity, scores } = report.figures;
  return figure(scoreHistogram('scores', scores, capacity.threshold), {
    name: 'Scores by class',
    caption: html`<span class="key"></span>with the event <span class="key other"></span>without. Each class
      sums to 100 %. What lies right of the dashed line is flagged.`,
    numbers: numbersOf(
      report,
      [{ title: 'Scores' }, { title: 'with the event', number: true }, { title: 'without', number: true }],
      ({ scores }) =>
        scores.map((bin) => [
          html`${percent(bin.low)} to ${percent(bin.high)}`,
          count(bin.positives),
          count(bin.negatives),
        ]),
    ),
  });
}

type Shown = Pick<TrainingReport, 'figures' | 'evaluation'>;

/** The champion's line below the model's own. */
function ofBoth(
  { figures, evaluation: { championFigures: champion } }: Shown,
  points: (of: ModelFigures) => Curves['lines'][number]['points'],
): Curves['lines'] {
  return [
    ...(champion ? [{ points: points(champion), tone: 'other' as const }] : []),
    { points: points(figures), tone: 'model' },
  ];
}

function numbersOf(
  { figures, evaluation: { championFigures: champion } }: Shown,
  columns: readonly Column[],
  rows: (of: ModelFigures) => readonly (readonly Content[])[],
): Html {
  return html`${table(columns, rows(figures))}
  ${champion && table(columns, rows(champion), { caption: 'Champion' })}`;
}
