/** The newest runs of a pipeline beside each other, task by task: what goes wrong again and again shows at a glance. */
import type { ListedState, RunFilter, RunSummary } from '../../activities/ledger/contract.ts';
import type { RunRecord, TaskState } from '../../workflows/domain/run-record.ts';
import { listRuns } from './list.ts';
import type { RunServices } from './services.ts';
import { showRun } from './show.ts';

interface GridRun {
  readonly run: string;
  readonly attempt: number;
  readonly state: ListedState;
  /** By task; a task that the run does not have is absent. Items of maps are told by their map. */
  readonly tasks: Readonly<Record<string, TaskState>>;
}

export interface Grid {
  readonly pipeline: string;
  /** The oldest first, each by its newest attempt. */
  readonly runs: readonly GridRun[];
  /** In the order of the newest run that has them. */
  readonly tasks: readonly string[];
}

/** Records that are read at a time. */
const AT_ONCE = 16;

/** @throws Refusal UnknownPipeline */
export async function runGrid(
  services: Pick<RunServices, 'ledger' | 'pipelines' | 'client'>,
  pipeline: string,
  { last, ...filter }: Omit<RunFilter, 'pipeline' | 'limit' | 'after'> & { readonly last: number },
): Promise<Grid> {
  const newest = await newestAttempts(services, { ...filter, pipeline }, last);
  const runs: GridRun[] = [];
  for (let at = 0; at < newest.length; at += AT_ONCE) {
    runs.push(...(await Promise.all(newest.slice(at, at + AT_ONCE).map((row) => columnOf(services, row)))));
  }
  const tasks = [...new Set(runs.flatMap((run) => Object.keys(run.tasks)))];
  return { pipeline, runs: runs.toReversed(), tasks };
}

/** Of each run the newest attempt alone, the newest first. */
export async function newestAttempts(
  services: Pick<RunServices, 'ledger' | 'pipelines'>,
  filter: RunFilter,
  most: number,
): Promise<RunSummary[]> {
  const newest = new Map<string, RunSummary>();
  let after: string | undefined;
  do {
    const page = await listRuns(services, { ...filter, limit: most, ...(after !== undefined && { after }) });
    for (const row of page.runs) {
      const known = newest.get(row.run);
      if (known === undefined ? newest.size < most : known.attempt < row.attempt) newest.set(row.run, row);
    }
    after = page.next;
  } while (after !== undefined && newest.size < most);
  return [...newest.values()];
}

async function columnOf(
  services: Pick<RunServices, 'ledger' | 'client'>,
  { run, attempt, state }: RunSummary,
): Promise<GridRun> {
  const record = await recordOf(services, run, attempt);
  const own = record?.tasks.filter(({ index, within }) => index === undefined && within === undefined) ?? [];
  const tasks = Object.fromEntries(own.map((task) => [task.name, task.state]));
  const isWaiting = state === 'queued' && record?.state === 'running';
  return { run, attempt, state: isWaiting ? state : (record?.state ?? state), tasks };
}

/** Of an open run what it says of itself; where no server answers, its row stays empty. */
async function recordOf(
  services: Pick<RunServices, 'ledger' | 'client'>,
  run: string,
  attempt: number,
): Promise<RunRecord | undefined> {
  const record = await services.ledger.record(run, attempt);
  if (record !== undefined) return record;
  const shown = await showRun(services, run, attempt).catch(() => undefined);
  return shown?.record;
}
