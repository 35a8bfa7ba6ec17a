/** The ledger's activities over a store, the pipelines of this code version, and Temporal. */
import type { Client } from '@temporalio/client';

import type { ObjectStore } from '../store/contract.ts';
import { begin } from './begin.ts';
import type { BeginDeps, LedgerPipeline } from './begin.ts';
import { close } from './close.ts';
import type { LedgerActivities } from './contract.ts';
import { findRun } from './find-run.ts';
import { createLedger } from './ledger.ts';
import { loadMemo, loadResults, saveMemo } from './memo.ts';
import { createSearchAttributes } from './search-attributes.ts';
import { settle, type TellCutOff } from './settle.ts';
import { sweep } from './sweep.ts';

export interface LedgerDeps {
  readonly store: ObjectStore;
  readonly pipelines: ReadonlyMap<string, LedgerPipeline>;
  readonly client: Client;
  /** What the environment tells whom, where the pipeline does not say. */
  readonly notify?: BeginDeps['notify'];
  readonly moves?: BeginDeps['moves'];
  readonly modelOf?: BeginDeps['modelOf'];
  readonly askAgain?: number;
  /** Of runs that were terminated or timed out. */
  readonly tellCutOff?: TellCutOff;
}

export function createLedgerActivities({
  store,
  pipelines,
  client,
  notify = [],
  moves = false,
  modelOf = () => undefined,
  tellCutOff,
  askAgain,
}: LedgerDeps): LedgerActivities {
  const searchAttributes = createSearchAttributes(client);
  const settleOne = (run: string, attempt: number): Promise<boolean> =>
    settle(store, client, run, attempt, tellCutOff);
  const beginning = {
    store,
    pipelines,
    searchAttributes,
    settle: settleOne,
    notify,
    moves,
    modelOf,
    ...(askAgain !== undefined && { askAgain }),
  };
  return {
    begin: (input) => begin(beginning, input),
    close: (input) => close(store, client, input),
    saveMemo: (input) => saveMemo(store, input),
    loadMemo: ({ part }) => loadMemo(store, part),
    loadResults: ({ stored }) => loadResults(store, stored),
    findRun: (wanted) => findRun(createLedger(store), wanted),
    sweep: () => sweep(store, client, tellCutOff),
  };
}
