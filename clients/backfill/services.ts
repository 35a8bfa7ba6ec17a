/** What the functions on backfills work with. */
import type { Backfills } from '../../activities/backfill/contract.ts';
import type { AnyPipeline } from '../../workflows/engine/definition.ts';
import type { RunServices } from '../runs/services.ts';

export interface BackfillServices extends Pick<RunServices, 'client' | 'ledger' | 'taskQueue'> {
  readonly backfills: Backfills;
  readonly pipelines: ReadonlyMap<string, AnyPipeline['definition']>;
}
