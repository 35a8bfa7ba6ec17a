/** Where the model comes from, to the byte, and what it is for. */
import type { InterceptCorrection } from '../../training/contract.ts';
import type { TrainingReport } from '../contract.ts';
import { html, type Content, type Html } from '../html.ts';
import { change, count, decimal, percent, plain } from '../numbers.ts';
import { day, section, table } from '../page.ts';

export function modelCard({ card, model }: TrainingReport): Html {
  return section(
    'Model card',
    html`<div class="card">
      <div>
        <h3>What it is for</h3>
        <p>${card.intendedUse}</p>
      </div>
      <div>
        <h3>What it has learnt from</h3>
        <p>${card.data}</p>
      </div>
      <div>
        <h3>What it does not know</h3>
        <ul>
          ${card.limits.map((limit) => html`<li>${limit}</li>`)}
        </ul>
      </div>
    </div>`,
    html`<p class="facts">Model ${model.model}, version ${count(model.version)}.</p>`,
  );
}

export function lineageSection({ lineage, evaluation }: TrainingReport): Html {
  const { features, labels, intervals, rows, positives, parity } = lineage;
  const part = (name: string, all: number, events: number): Content[] => [
    name,
    count(all),
    count(events),
    percent(events / all),
  ];
  const facts: [string, Content][] = [
    ['Features', html`${features.table}, version ${count(features.version)}`],
    ['Labels', html`${labels.table}, version ${count(labels.version)}, as known on ${day(lineage.asOf)}`],
    ['Intervals', html`${count(intervals.length)}: ${intervals.map(day).join(', ')}`],
    [
      'Left out of training',
      html`${count(lineage.removedForTestEntities)} rows of those who stand among the held-out ones`,
    ],
    [
      'Family',
      html`${lineage.family}, ${count(lineage.rounds)} rounds; trial ${count(lineage.trial)} of
      ${count(lineage.trials)} (from 0)`,
    ],
    ['Search', html`${decimal(lineage.trainingSeconds, 1)} s`],
    ...(lineage.intercept ? [['Intercept', corrected(lineage.intercept)] as [string, Content]] : []),
    [
      'ONNX against the trainer',
      html`at most ${plain(parity.maxAbsDiff)} apart over ${count(parity.rows)} rows`,
    ],
    ['Code', lineage.codeVersion],
    ['Run', lineage.run],
  ];
  return section(
    'Lineage',
    table(
      [
        { title: 'Rows' },
        { title: 'Number', number: true },
        { title: 'With the event', number: true },
        { title: 'Event rate', number: true },
      ],
      [
        part('trained on', rows.train, positives.train),
        ...(rows.validation !== undefined && positives.validation !== undefined
          ? [part('chosen by (validation)', rows.validation, positives.validation)]
          : []),
        part('held out', rows.test, positives.test),
        part('judged on by the gate', evaluation.rows, evaluation.positives),
      ],
    ),
    table([{ title: '' }, { title: '' }], facts, { words: true }),
    table([{ title: 'Hyperparameter' }, { title: 'Value' }], Object.entries(lineage.hyperparameters)),
    table(
      [{ title: 'Digest (sha256)' }, { title: '' }],
      Object.entries(lineage.digests).map(([name, digest]) => [
        name,
        html`<span class="digest">${digest}</span>`,
      ]),
      { words: true },
    ),
  );
}

function corrected({ shift, interval, rows, positives, meanScoreBefore }: InterceptCorrection): Html {
  return html`log odds moved by ${change(shift)}, fitted to ${count(rows)} rows from ${day(interval)} on that
  were learnt from, ${count(positives)} with the event: their mean score was ${percent(meanScoreBefore)}.
  Calibration is judged on others.`;
}
