/** Runs as a table: whole where there is room, by what is asked for first in a narrow window. */
import type { RunSummary } from '../../activities/ledger/contract.ts';
import { formatDuration, roughDuration } from '../../workflows/domain/duration.ts';
import { fittingTable, type Column } from './fitting-table.ts';
import type { Output } from './output.ts';
import { RUNS, time } from './run-view.ts';

/** Of the names of failed tasks so many characters are worth their place. */
const LEAST_NAMES = 10;

export function printRuns(output: Output, runs: readonly RunSummary[], now: number): void {
  const { header, rows } = fittingTable(columnsOf(runs, now), output.columns);
  output.table(header, rows);
}

function columnsOf(runs: readonly RunSummary[], now: number): Column[] {
  const began = ({ startedAt, claimedAt }: RunSummary): number => Date.parse(startedAt ?? claimedAt);
  const took = (run: RunSummary): number =>
    Math.max(0, (run.endedAt === undefined ? now : Date.parse(run.endedAt)) - began(run));
  const ago = (run: RunSummary): number => Math.max(0, now - began(run));
  const attempts = runs.map(({ attempt }) => String(attempt));
  const isSpoken = attempts.some((attempt) => attempt !== '1');
  const by = runs.map(({ startedBy = '' }) => startedBy);
  return [
    { title: 'RUN', cells: runs.map(({ run }) => run) },
    {
      title: 'ATTEMPT',
      cells: attempts,
      short: { title: '#', cells: attempts.map((attempt) => (isSpoken ? attempt : '')) },
      spare: 3,
    },
    { title: 'STATE', cells: runs.map(({ state }) => ({ text: state, colour: RUNS[state].colour })) },
    {
      title: 'STARTED',
      cells: runs.map((run) => time(run.startedAt ?? run.claimedAt)),
      short: { title: 'AGO', cells: runs.map((run) => roughDuration(ago(run))) },
      spare: 1,
    },
    {
      title: 'DURATION',
      cells: runs.map((run) => formatDuration(took(run))),
      short: { title: 'TOOK', cells: runs.map((run) => roughDuration(took(run))) },
      spare: 4,
    },
    { title: 'BY', cells: by, short: { title: 'BY', cells: by.map(firstWord) }, spare: 5 },
    { title: 'FAILED', cells: runs.map(({ failed }) => failed.join(', ')), spare: 2, least: LEAST_NAMES },
  ];
}

/** `backfill` of `backfill backfill-squares-20260301T000000Z`: which one it was, `runs show` tells. */
function firstWord(text: string): string {
  return /^\w*/.exec(text)?.[0] ?? text;
}
