/** Starts a backfill: what is wrong with it is said before anything is started. */
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';

import type { Resolved } from '../../activities/backfill/contract.ts';
import type { BackfillPlan, BackfillRequest } from '../../workflows/domain/backfill/plan.ts';
import { Refusal } from '../refusal.ts';
import { describe, stateOf } from '../runs/description.ts';
import { refuseIfPaused } from '../runs/trigger.ts';
import type { BackfillServices } from './services.ts';
import { checkTasks } from './tasks.ts';

/** Of one pipeline and key. */
const BUMPS = 60;

export interface CreatedBackfill extends Resolved {
  readonly id: string;
  /** What could not be known before it. */
  readonly note?: string;
}

/** @throws Refusal BackfillOpen, PipelinePaused, UnknownTask; InvalidBackfill, InvalidParams, UnknownPipeline as the request deserves */
export async function createBackfill(
  services: BackfillServices,
  request: BackfillRequest,
): Promise<CreatedBackfill> {
  const resolved = services.backfills.resolve(request);
  const { plan } = resolved;
  const note = await checkTasks(services, plan);
  await refuseIfPaused(services, plan.pipeline);
  await refuseSecond(services, plan);
  const now = Date.now();
  for (let second = 0; second < BUMPS; second += 1) {
    const id = backfillId(plan, new Date(now + second * 1000));
    if (await start(services, id, resolved)) return { id, ...resolved, ...(note !== undefined && { note }) };
  }
  throw new Refusal(
    'NoFreeSecond',
    `${BUMPS} backfills of ${plan.pipeline} were created within as many seconds`,
    {
      next: 'assay backfill list',
    },
  );
}

/** @returns false where there has been one of this ID */
async function start(
  { client: connect, taskQueue }: BackfillServices,
  id: string,
  { plan, total }: Resolved,
): Promise<boolean> {
  const client = await connect();
  try {
    await client.workflow.start('backfill', {
      workflowId: id,
      taskQueue,
      args: [plan],
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      staticSummary: `${plan.pipeline} from ${plan.from} to ${plan.to}: ${total} intervals`,
    });
    return true;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
    throw error;
  }
}

/** Two on the same runs would start nothing twice, but each would count the other's. */
async function refuseSecond({ backfills, client }: BackfillServices, plan: BackfillPlan): Promise<void> {
  for (const { id, plan: other, ending } of await backfills.list()) {
    if (ending !== undefined || other.pipeline !== plan.pipeline || other.key !== plan.key) continue;
    if (Date.parse(other.to) <= Date.parse(plan.from) || Date.parse(other.from) >= Date.parse(plan.to))
      continue;
    const description = await describe(await client(), id);
    if (description !== undefined && stateOf(description) === 'running') throw open(id);
  }
}

function open(id: string): Refusal {
  return new Refusal('BackfillOpen', `${id} is open and covers part of the same time`, {
    next: `assay backfill show ${id}`,
  });
}

/** No run's ID, for the fire time is written otherwise. */
function backfillId({ pipeline, key }: BackfillPlan, now: Date): string {
  const stamp = now.toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const safe = key?.replaceAll(/[^A-Za-z0-9_.-]/g, '_');
  return `backfill-${pipeline}${safe === undefined ? '' : `.${safe}`}-${stamp}`;
}
