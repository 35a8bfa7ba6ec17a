/**
 * A run's side of the pools. What its tasks want and give back in one workflow task is told at its end, in one
 * message for each pool.
 */
import {
  CancellationScope,
  condition,
  defineSignal,
  log,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { PoolActivities } from '../../activities/pools/contract.ts';
import { isGranted } from '../domain/pool/heard.ts';
import { GRANTED_SIGNAL, type Granted } from '../domain/pool/messages.ts';
import { activities } from './activities.ts';
import { workflowNow } from './determinism.ts';
import { toFailure } from './failures.ts';
import { PoolAccount } from './pool-account.ts';
import { QUICK } from './profiles.ts';
import type { RunPools } from './runtime.ts';
import { currentRun } from './task-context.ts';

const granted = defineSignal<[Granted]>(GRANTED_SIGNAL);

/** Told sooner or later: what is not given back nobody else can have. */
const pools = activities<PoolActivities>('pools', {
  ...QUICK,
  retry: { initialInterval: '200ms', maximumInterval: '10s' },
});

/** Milliseconds after which one that waits asks again, in case the pool has lost its state; then twice as long, … */
const FIRST_REMINDER = 60_000;
const LAST_REMINDER = 15 * 60_000;

/** To be called by the workflow itself, for what is told is no task's. */
export function createRunPools(): RunPools {
  const accounts = new Map<string, PoolAccount>();
  const accountOf = (pool: string): PoolAccount => {
    const account = accounts.get(pool) ?? newAccount();
    accounts.set(pool, account);
    return account;
  };
  let isTelling = false;
  const hasNews = (): boolean => [...accounts.values()].some((account) => account.hasNews);

  const isTold = (): boolean => !isTelling && !hasNews();

  const tellAll = async (): Promise<never> => {
    for (;;) {
      await condition(hasNews);
      isTelling = true;
      await Promise.all([...accounts].map(([pool, account]) => tell(pool, account)));
      isTelling = false;
      remind(FIRST_REMINDER);
    }
  };

  let isReminding = false;
  const remind = (after: number): void => {
    if (isReminding || ![...accounts.values()].some((account) => account.isWaiting)) return;
    isReminding = true;
    const since = workflowNow();
    void sleep(after, { summary: 'waiting for a pool' }).then(() => {
      isReminding = false;
      for (const account of accounts.values()) if (account.waitsSince(since)) account.repeat();
      remind(Math.min(2 * after, LAST_REMINDER));
    });
  };

  setHandler(granted, (grant) => {
    if (isGranted(grant)) accountOf(grant.pool).granted(grant);
    else log.warn('a signal that grants nothing was passed over');
  });
  CancellationScope.current().cancelRequested.catch((error: unknown) => {
    for (const account of accounts.values()) account.refuseAll(error);
  });
  void CancellationScope.nonCancellable(tellAll);
  return {
    acquire: (pool, ticket) =>
      new Promise((grant, refuse) => accountOf(pool).want({ ticket, grant, refuse })),
    giveBack: (pool, id) => accountOf(pool).giveBack(id),
    resume: (pool, ticket) => accountOf(pool).resume(ticket),
    told: () => condition(isTold),
    isTold,
  };
}

async function tell(pool: string, account: PoolAccount): Promise<void> {
  if (!account.hasNews) return;
  for (const message of account.news(workflowNow())) {
    const from = currentRun();
    const { refused } = await pools.tell({ pool, message, ...(from !== undefined && { from }) });
    for (const one of refused) account.refused(one, toFailure(one));
  }
}

function newAccount(): PoolAccount {
  const { workflowId, firstExecutionRunId: firstRunId } = workflowInfo();
  return new PoolAccount({ workflowId, firstRunId });
}
