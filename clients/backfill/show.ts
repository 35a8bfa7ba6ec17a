/** One backfill, or all: from the store when it is over, from its workflow while it is open. */
import type { LiveBackfill, StoredBackfill } from '../../activities/backfill/contract.ts';
import { backfillWord } from '../../workflows/domain/backfill/live-text.ts';
import { BACKFILL_QUERY, BEGINNING, type BackfillState } from '../../workflows/domain/backfill/window.ts';
import { Refusal } from '../refusal.ts';
import { describe, stateOf } from '../runs/description.ts';
import type { BackfillServices } from './services.ts';

export interface ShownBackfill extends Omit<StoredBackfill, 'ending'> {
  /** `lost`: its workflow ended without saying how. */
  readonly state: 'running' | 'paused' | 'cancelling' | 'finished' | 'cancelled' | 'lost';
  readonly counts: BackfillState['counts'];
  readonly open: BackfillState['open'];
  readonly troubled: BackfillState['troubled'];
  readonly paused?: BackfillState['paused'];
  readonly endedAt?: string;
  /** Where what is shown is not all there is: why. */
  readonly note?: string;
}

/** A worker that is there answers at once; a query without one would hang. */
const PATIENCE = 5000;

export async function listBackfills(services: BackfillServices): Promise<ShownBackfill[]> {
  return Promise.all((await services.backfills.list()).map((stored) => shown(services, stored)));
}

/** @throws Refusal UnknownBackfill */
export async function showBackfill(services: BackfillServices, id: string): Promise<ShownBackfill> {
  return shown(services, await knownBackfill(services, id));
}

/** @throws Refusal UnknownBackfill, BackfillNotBegun */
export async function knownBackfill(services: BackfillServices, id: string): Promise<StoredBackfill> {
  const found = await services.backfills.find(id);
  if (found !== undefined) return found;
  const client = await services.client().catch(() => undefined);
  const description = client && (await describe(client, id));
  if (description?.type === 'backfill') {
    const isOpen = stateOf(description) === 'running';
    const why = isOpen ? 'no worker has taken it up yet' : 'its request was refused, and Temporal knows why';
    throw new Refusal('BackfillNotBegun', `${id} has not begun: ${why}`, {
      next: isOpen ? 'assay workers run' : `temporal workflow show --workflow-id ${id}`,
    });
  }
  throw new Refusal('UnknownBackfill', `no backfill is called ${id}`, { next: 'assay backfill list' });
}

async function shown(services: BackfillServices, stored: StoredBackfill): Promise<ShownBackfill> {
  const { ending, ...known } = stored;
  if (ending !== undefined) return { ...known, ...ending, open: [] };
  const bare = { ...known, counts: BEGINNING.counts, open: [], troubled: [] };
  const client = await services.client();
  const description = await describe(client, stored.id);
  if (description === undefined || stateOf(description) !== 'running') {
    // Its last act may have come between the two questions.
    const late = await services.backfills.find(stored.id);
    if (late?.ending !== undefined) return { ...known, ...late.ending, open: [] };
    const note = 'its workflow is gone; a new backfill of the same time does what is left';
    return { ...bare, state: 'lost', note };
  }
  try {
    const live = await client.withDeadline(Date.now() + PATIENCE, () =>
      client.workflow.getHandle(stored.id).query<LiveBackfill>(BACKFILL_QUERY),
    );
    const { counts, open, troubled, paused, isHeld = false } = live;
    const { pipeline } = stored.plan;
    const held = `${pipeline} is paused, so nothing is started: assay pipelines resume ${pipeline}`;
    const state = backfillWord(live);
    return {
      ...known,
      state,
      counts,
      open,
      troubled,
      ...(paused !== undefined && { paused }),
      ...(isHeld && { note: held }),
    };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const note = 'no worker answers for it, so how far it has come is not known: assay workers run';
    return { ...bare, state: 'running', note };
  }
}
