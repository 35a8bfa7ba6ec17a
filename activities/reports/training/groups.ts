/** The figures of each group of the spec's columns; too small a group is said to be so, not judged. */
import type { SliceMetrics } from '../../../workflows/domain/evaluation.ts';
import type { TrainingReport } from '../contract.ts';
import { forest } from '../forest.ts';
import { html, type Html } from '../html.ts';
import { count, decimal, estimate, percent } from '../numbers.ts';
import { section } from '../page.ts';

export function groups({ evaluation, gate }: TrainingReport): Html {
  return section(
    'Groups',
    html`<p>
      Whether the model serves everyone alike. The selection rate is the share of a group that is flagged.
      Groups with fewer than ${count(gate.sliceMinPositives)} events are shown and not judged: with so few, a
      difference is as likely chance. The line is the AUC over all rows, ${decimal(evaluation.auc.value)}.
    </p>`,
    forest({
      columns: [
        { title: 'Group' },
        { title: 'Rows', number: true },
        { title: 'Events', number: true },
        { title: 'AUC', number: true },
        { title: 'Recall', number: true },
        { title: 'Selection rate', number: true },
      ],
      rows: evaluation.slices.map((slice) => ({
        cells: [
          nameOf(slice, gate.sliceMinPositives),
          count(slice.rows),
          count(slice.positives),
          estimate(slice.auc),
          percent(slice.recall),
          percent(slice.selectionRate),
        ],
        ...(slice.auc && { estimate: slice.auc }),
        pale: slice.positives < gate.sliceMinPositives,
      })),
      marks: [{ at: evaluation.auc.value, label: 'all rows', kind: 'zero' }],
      axis: 'AUC with its 95 % interval',
    }),
  );
}

function nameOf({ column, group, positives }: SliceMetrics, fewest: number): Html {
  const small = positives < fewest && html` <span class="note">too few</span>`;
  return html`${column}: ${group}${small}`;
}
