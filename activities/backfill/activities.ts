/** Backfill's activities over a store, the ledger, Temporal, and whatever starts runs. */
import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';

import type { BackfillPlan, PlannedRun } from '../../workflows/domain/backfill/plan.ts';
import type { Ledger } from '../ledger/contract.ts';
import type { StartRun } from '../run-starter.ts';
import type { ObjectStore } from '../store/contract.ts';
import type { BackfillActivities } from './contract.ts';
import { pageOf } from './page.ts';
import { resolveBackfill, type BackfillSource } from './resolve.ts';
import { writeEnding, writePlan } from './stored.ts';
import { watchRuns } from './watch.ts';

/** What is due now goes first at the workers: a backfill has time. */
const GIVING_WAY = 4;

export interface BackfillDependencies extends BackfillSource {
  readonly store: ObjectStore;
  readonly ledger: Ledger;
  readonly client: Client;
  readonly startRun: StartRun;
  /** Milliseconds between two questions to Temporal about the same silent run. */
  readonly askEvery?: number;
}

export function createBackfillActivities(deps: BackfillDependencies): BackfillActivities {
  const { store, ledger, client } = deps;
  return {
    open: ({ id, request }) => writePlan(store, id, resolveBackfill(deps, request)),
    page: (input) => pageOf({ ledger, client }, input),
    async start({ id, plan, runs }) {
      if ((await ledger.paused(plan.pipeline)) !== undefined) return { isHeld: true };
      await Promise.all(runs.map((run) => start(deps, id, plan, run)));
      return { isHeld: false };
    },
    watch: ({ runs }) => watchRuns(deps, runs),
    async stop({ runs }) {
      await Promise.all(runs.map((run) => stop(deps, run)));
    },
    close: ({ id, ending }) => writeEnding(store, id, ending),
  };
}

/** An attempt that is claimed has been started: by the try before this one, or by somebody else. */
async function start(
  { ledger, startRun }: BackfillDependencies,
  id: string,
  { pipeline, key, params }: BackfillPlan,
  { run, attempt, interval, rerun }: PlannedRun,
): Promise<void> {
  if ((await ledger.attempts(run)).includes(attempt)) return;
  await startRun({
    pipeline,
    run,
    priority: GIVING_WAY,
    input: {
      ...(key !== undefined && { key }),
      ...(params !== undefined && { params }),
      fireTime: interval.end,
      interval,
      attempt,
      ...(rerun !== undefined && { rerun }),
      startedBy: `backfill ${id}`,
    },
  });
}

async function stop({ ledger, client }: BackfillDependencies, { run, attempt }: PlannedRun): Promise<void> {
  const holder = await ledger.holder(run, attempt);
  try {
    await client.workflow.getHandle(holder?.workflowId ?? run).cancel();
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}
