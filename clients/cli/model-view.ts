/** Models as people read them: figures, aliases, and the log in words. */
import type { Alias, ModelVersion, RegistryEntry } from '../../activities/registry/contract.ts';
import type { BinaryMetrics, EvaluationReport } from '../../workflows/domain/evaluation.ts';
import type { GateVerdict } from '../../workflows/domain/gates.ts';
import type { Cell, Colour, Output } from './output.ts';

export type Aliases = Readonly<Partial<Record<Alias, number>>>;

const VERDICT_COLOURS: Readonly<Record<GateVerdict['verdict'], Colour>> = {
  pass: 'green',
  hold: 'yellow',
  fail: 'red',
};

export function aliasesOf(aliases: Aliases, version: number): string[] {
  return Object.entries(aliases).flatMap(([alias, holder]) => (holder === version ? [alias] : []));
}

export function printVersion(
  output: Output,
  found: ModelVersion,
  aliases: readonly string[],
  report: EvaluationReport,
): void {
  const { dataset, candidate } = found;
  const { snapshot } = dataset;
  const names = aliases.length > 0 ? `  ${aliases.join(', ')}` : '';
  output.line(`${output.paint(`${found.model}/${found.version}`, 'bold')}${names}`);
  output.line(`sha256 ${found.digest}`);
  output.line(`registered ${found.registeredAt} by ${found.run}, code ${found.codeVersion}`);
  output.line(
    `trained on ${snapshot.rows} rows of ${snapshot.intervals.length} intervals, known at ${snapshot.asOf}`,
  );
  for (const { table, version } of [snapshot.features, snapshot.labels]) {
    output.line(`  ${table} at version ${version}`);
  }
  const settings = Object.entries(candidate.hyperparameters).map(([name, value]) => `${name}=${value}`);
  output.line(`${candidate.family}, ${candidate.rounds} rounds: ${settings.join(' ')}`);
  output.line(`judged on ${report.rows} rows, ${report.positives} of them positive`);
  output.table(['FIGURE', 'VALUE'], figures(report));
}

/** Name and value of what one looks at first. */
export function figures(metrics: BinaryMetrics): [string, string][] {
  const { auc, prAuc, atThreshold } = metrics;
  const top = metrics.topShare.at(-1);
  return [
    ['AUC', `${shown(auc.value)} (${shown(auc.low)} to ${shown(auc.high)})`],
    ['PR-AUC', `${shown(prAuc.value)} (${shown(prAuc.low)} to ${shown(prAuc.high)})`],
    ['log loss', shown(metrics.logLoss)],
    ['Brier', shown(metrics.brier)],
    ['calibration error', shown(metrics.ece)],
    ['mean score / event rate', shown(metrics.calibration)],
    ['KS', shown(metrics.ks)],
    [`precision at ${atThreshold.threshold}`, shown(atThreshold.precision)],
    [`recall at ${atThreshold.threshold}`, shown(atThreshold.recall)],
    ...(top ? [[`lift at ${top.share * 100} %`, shown(top.lift)] as [string, string]] : []),
  ];
}

export function printVerdict(output: Output, { verdict, results, superiority }: GateVerdict): void {
  output.table(
    ['GATE', 'VERDICT', 'REASON'],
    results.map((result) => [result.gate, verdictCell(result.verdict), result.reason]),
  );
  if (superiority) output.line(superiority.reason);
  output.line(`the gate says ${output.paint(verdict, VERDICT_COLOURS[verdict])}`);
}

function verdictCell(verdict: GateVerdict['verdict']): Cell {
  return { text: verdict, colour: VERDICT_COLOURS[verdict] };
}

/** An entry of the log as a sentence. */
export function describeEntry(entry: RegistryEntry): string {
  switch (entry.kind) {
    case 'registered':
      return `version ${entry.version} registered, challenger from now on`;
    case 'gate': {
      const against = entry.against === null ? 'alone' : `against version ${entry.against}`;
      const failed = entry.verdict.results
        .filter(({ verdict }) => verdict !== 'pass')
        .map(({ gate }) => gate);
      const why = failed.length > 0 ? ` (${failed.join(', ')})` : '';
      return `version ${entry.version} judged ${against}: ${entry.verdict.verdict}${why}`;
    }
    case 'alias':
      return `${entry.alias} moved from ${entry.expected ?? 'nothing'} to ${entry.version ?? 'nothing'}: ${entry.reason}`;
    case 'rollback':
      return `rolled back from ${entry.from} to ${entry.version}: ${entry.reason}`;
    case 'approval':
      return approvalLine(entry);
    case 'decision':
      return `decided: ${entry.decision.decision} (${entry.decision.reasons.map(({ measure }) => measure).join(', ')})${
        entry.decision.page ? `; ${entry.decision.page.owner} is called: ${entry.decision.page.reason}` : ''
      }`;
    case 'freeze':
      return `${entry.frozen ? 'frozen' : 'resumed'}: ${entry.reason}`;
  }
}

/** Who that is stands beside it. */
function approvalLine({
  version,
  choice,
  comment,
  timedOut,
}: Extract<RegistryEntry, { kind: 'approval' }>): string {
  const verdict = choice === 'approve' ? 'approved' : 'rejected';
  const why = timedOut ? ': nobody answered in time' : comment === undefined ? '' : `: ${comment}`;
  return `version ${version} ${verdict}${why}`;
}

function shown(value: number | null): string {
  return value === null ? 'none' : value.toFixed(4);
}
