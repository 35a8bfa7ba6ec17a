/** What a governor has decided, as people read it. */
import type { Answer } from '../../activities/governance/contract.ts';
import type { Action, Decision } from '../../workflows/domain/governance/decision.ts';
import type { RetrainingOutcome } from '../../workflows/domain/governance/outcome.ts';
import type { GovernorStanding } from './models-govern.ts';
import type { Colour, Output } from './output.ts';

const COLOURS: Readonly<Record<Action, Colour>> = {
  'no-action': 'green',
  schedule: 'yellow',
  'wait-for-labels': 'yellow',
  retrain: 'cyan',
  'stop-and-ask': 'red',
};

export function printAnswer(output: Output, { decision, retraining }: Answer): void {
  printDecision(output, decision);
  if (retraining) output.line(outcomeText(retraining));
}

export function printStanding(
  output: Output,
  { model, champion, frozen, decision, live }: GovernorStanding,
): void {
  const held = champion === null ? 'no champion' : `champion ${model}/${champion}`;
  output.line(`${output.paint(`governor-${model}`, 'bold')}  ${held}`);
  if (frozen)
    output.line(`${output.paint('frozen', 'red')} by ${frozen.by} at ${frozen.at}: ${frozen.reason}`);
  if (live?.running !== undefined) output.line(`under way: ${live.running}`);
  if (live?.retraining) output.line(outcomeText(live.retraining));
  if (decision) printDecision(output, decision);
  else output.line('nothing has been decided yet');
}

function printDecision(output: Output, decision: Decision): void {
  const { asOf, reasons, possibleFrom, owner, page } = decision;
  output.line(`decided as of ${asOf}: ${output.paint(decision.decision, COLOURS[decision.decision])}`);
  if (possibleFrom !== undefined) output.line(`possible from ${possibleFrom}`);
  if (owner !== undefined) output.line(`asked is: ${owner}`);
  if (page) output.line(`${output.paint('below the floor', 'red')}: ${page.reason}; called is ${page.owner}`);
  output.table(
    ['MEASURE', 'VALUE', 'THRESHOLD', 'WHY'],
    reasons.map(({ measure, value, threshold, reason }) => [measure, cell(value), cell(threshold), reason]),
  );
}

function outcomeText(outcome: RetrainingOutcome): string {
  if ('error' in outcome) return `${outcome.run} failed: ${outcome.error}`;
  const { run, challenger, gate, promoted, reason } = outcome;
  const version = `${challenger.model}/${challenger.version}`;
  // That the gate said no stands before it.
  const why = reason?.startsWith('the gate says') ? '' : `: ${reason ?? 'nobody says why'}`;
  const end = promoted ? 'it is champion now' : `it was not promoted${why}`;
  return `${run} trained ${version}, the gate says ${gate.verdict}; ${end}`;
}

function cell(value: number | string | null): string {
  if (value === null) return '-';
  return typeof value === 'number' && !Number.isInteger(value) ? value.toFixed(4) : String(value);
}
