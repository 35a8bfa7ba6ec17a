/** An evaluated file as people read it: a page of figures with their intervals. */
import type {
  EvaluatedClasses,
  EvaluatedScores,
  ScoreFileRequest,
} from '../../activities/evaluation/contract.ts';
import type { Estimate, PairedDifference, SliceMetrics } from '../../workflows/domain/evaluation.ts';
import { figures, printVerdict } from './model-view.ts';
import type { Output } from './output.ts';

/** A larger matrix is no longer read; it stands in the JSON. */
const SHOWN_CLASSES = 12;

export function printScores(output: Output, request: ScoreFileRequest, found: EvaluatedScores): void {
  const { rows, positives, champion, atThreshold } = found;
  const share = `${((100 * positives) / rows).toFixed(1)} %`;
  output.line(
    `${output.paint(request.file, 'bold')}  ${rows} rows, ${positives} positive (${share})${groupsOf(found)}`,
  );
  output.line();
  const theirs = champion && new Map(figures(champion));
  const against = theirs === undefined ? [] : [request.champion ?? ''];
  output.table(
    ['FIGURE', request.scores[0] ?? '', ...against],
    figures(found).map(([name, value]) => [name, value, ...(theirs ? [theirs.get(name) ?? '-'] : [])]),
  );
  if (found.difference) output.line(`AUC difference ${differenceText(found.difference.auc)}`);
  else if (champion) output.note('the difference has no variance on these rows, so nothing bounds it');
  const { tp, fp, tn, fn } = atThreshold.confusion;
  output.line();
  output.line(
    `at ${atThreshold.threshold}: ${tp} true and ${fp} false positives, ${tn} true and ${fn} false negatives`,
  );
  output.table(
    ['TOP', 'PRECISION', 'RECALL', 'LIFT'],
    found.topShare.map(({ share: top, precision, recall, lift }) => [
      `${top * 100} %`,
      shown(precision),
      shown(recall),
      shown(lift),
    ]),
  );
  if (found.slices.length > 0) printSlices(output, found.slices, champion !== undefined);
  if (found.gates) {
    output.line();
    printVerdict(output, found.gates);
  }
}

export function printClasses(output: Output, request: ScoreFileRequest, found: EvaluatedClasses): void {
  const { perClass, confusion } = found;
  output.line(
    `${output.paint(request.file, 'bold')}  ${found.rows} rows, ${perClass.length} classes${groupsOf(found)}`,
  );
  output.line();
  output.table(
    ['FIGURE', 'VALUE'],
    [
      ['accuracy', shown(found.accuracy)],
      ['macro F1', shown(found.macroF1)],
      ['weighted F1', shown(found.weightedF1)],
      ['log loss', shown(found.logLoss)],
    ],
  );
  output.line();
  output.table(
    ['CLASS', 'ROWS', 'PRECISION', 'RECALL', 'F1', 'AUC AGAINST THE REST'],
    perClass.map(({ label, support, precision, recall, f1, auc, aucInterval }) => [
      label,
      String(support),
      shown(precision),
      shown(recall),
      shown(f1),
      auc === null || aucInterval === null ? 'none' : estimateText({ value: auc, ...aucInterval }),
    ]),
  );
  if (confusion.labels.length > SHOWN_CLASSES) return;
  output.line();
  output.table(
    ['TRUE \\ PREDICTED', ...confusion.labels],
    confusion.matrix.map((counts, place) => [confusion.labels[place] ?? '', ...counts.map(String)]),
  );
}

function printSlices(output: Output, slices: readonly SliceMetrics[], compared: boolean): void {
  output.line();
  output.table(
    ['SLICE', 'ROWS', 'POSITIVE', 'AUC', 'RECALL', 'SELECTED', ...(compared ? ['AUC DIFFERENCE'] : [])],
    slices.map(({ column, group, rows, positives, auc, recall, selectionRate, difference }) => [
      `${column} ${group}`,
      String(rows),
      String(positives),
      auc ? estimateText(auc) : 'too few',
      shown(recall),
      shown(selectionRate),
      ...(compared ? [difference ? estimateText(difference) : 'none'] : []),
    ]),
  );
}

function groupsOf({ groups }: { readonly groups?: number }): string {
  return groups === undefined ? '' : `, ${groups} groups`;
}

function differenceText({ value, low, high, pValue, method }: PairedDifference): string {
  return `${estimateText({ value, low, high })}, p = ${pValue.toPrecision(2)}, ${method}`;
}

function estimateText({ value, low, high }: Estimate): string {
  return `${shown(value)} (${shown(low)} to ${shown(high)})`;
}

function shown(value: number | null | undefined): string {
  return value === null || value === undefined ? 'none' : value.toFixed(4);
}
