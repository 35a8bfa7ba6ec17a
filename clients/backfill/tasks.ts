/** Whether the tasks that a backfill is to be limited to are tasks of its pipeline: a slip of the hand is refused. */
import { labelledName } from '../../workflows/domain/activity-id.ts';
import type { BackfillPlan } from '../../workflows/domain/backfill/plan.ts';
import type { TaskGraph } from '../../workflows/domain/graph.ts';
import { unknownTasks } from '../../workflows/domain/memo.ts';
import type { TaskRecord } from '../../workflows/domain/run-record.ts';
import { drawGraph } from '../pipelines/graph.ts';
import { Refusal } from '../refusal.ts';
import type { BackfillServices } from './services.ts';

type Services = Pick<BackfillServices, 'backfills' | 'ledger' | 'pipelines'>;

/** The newest runs of the pipeline that are asked for their tasks. */
const NEWEST = 10;

/**
 * Before a run, the graph tells those tasks that the function creates first; recorded runs tell the rest. What neither
 * knows is looked for in the runs that the backfill is about.
 * @returns what could not be known
 * @throws Refusal UnknownTask
 */
export async function checkTasks(services: Services, plan: BackfillPlan): Promise<string | undefined> {
  if (plan.tasks === undefined) return undefined;
  const graph = await graphOf(services, plan);
  const drawn = new Set(graph?.nodes.map(({ name }) => name));
  const recorded = await newestTasks(services, plan.pipeline);
  const strange = plan.tasks.filter(
    (label) => !drawn.has(labelledName(label)) && unknownTasks(recorded, { from: [label] }).length > 0,
  );
  if (strange.length === 0 || (await isInRange(services, { ...plan, tasks: strange }))) return undefined;
  const known = [...new Set([...drawn, ...recorded.map(({ name }) => name)])];
  if (recorded.length === 0 && graph?.decidedAfter.length !== 0) return undecided(plan.pipeline, strange);
  throw unknown(plan.pipeline, strange, known, recorded.length > 0);
}

/** `undefined` where its function does not do with the params that there are. */
async function graphOf(
  { pipelines }: Services,
  { pipeline, params }: BackfillPlan,
): Promise<TaskGraph | undefined> {
  const definition = pipelines.get(pipeline);
  if (definition === undefined) return undefined;
  return drawGraph(definition, params).catch(() => undefined);
}

async function newestTasks({ ledger }: Services, pipeline: string): Promise<readonly TaskRecord[]> {
  const { runs } = await ledger.list({ pipeline, limit: NEWEST });
  const records = await Promise.all(runs.map(({ run }) => ledger.record(run)));
  return records.flatMap((record) => record?.tasks ?? []);
}

/** Whether one of the runs that would be run again has them all. */
async function isInRange({ backfills }: Services, plan: BackfillPlan): Promise<boolean> {
  for await (const { action } of backfills.preview(plan)) if (action === 'rerun') return true;
  return false;
}

function unknown(
  pipeline: string,
  strange: readonly string[],
  known: readonly string[],
  hasRun: boolean,
): Refusal {
  const subject = strange.length === 1 ? 'no task' : 'no tasks';
  const source = hasRun ? 'by its graph and its newest runs it' : 'no run of it has been, and its graph';
  return new Refusal(
    'UnknownTask',
    `${pipeline} has ${subject} ${strange.join(', ')}; ${source} has ${known.join(', ') || 'none'}`,
    { next: `assay pipelines graph ${pipeline}` },
  );
}

function undecided(pipeline: string, strange: readonly string[]): string {
  return (
    `whether ${pipeline} has ${strange.join(', ')} is decided at run time, and no run of it has been: ` +
    'what runs for the first time runs whole'
  );
}
