/** Follows a backfill to its end: redrawn for somebody who looks on, else a line for each change of its counts. */
import { setTimeout as sleep } from 'node:timers/promises';

import type { BackfillServices } from '../backfill/services.ts';
import { showBackfill, type ShownBackfill } from '../backfill/show.ts';
import { Refusal } from '../refusal.ts';
import { backfillLines, progressLine } from './backfill-view.ts';
import type { ExitCode } from './failure.ts';
import type { Output } from './output.ts';

const LOOK_EVERY = 1000;
/** Its first act writes it down; until a worker has come to that nothing is known of it. */
const FIRST_ACT = 60_000;

/** @returns 0 where every run that was started succeeded, else 1 */
export async function watchBackfill(
  output: Output,
  services: BackfillServices,
  id: string,
  json: boolean,
): Promise<ExitCode> {
  const since = Date.now();
  let before = '';
  for (;;) {
    const shown = await showBackfill(services, id).catch((error: unknown) => {
      if (error instanceof Refusal && Date.now() - since < FIRST_ACT) return undefined;
      throw error;
    });
    if (shown !== undefined) {
      const line = progressLine(shown);
      if (output.isLive && !json) output.draw(backfillLines(shown, output.paint));
      else if (line !== before && json) output.note(line);
      else if (line !== before) output.line(line);
      before = line;
      if (isOver(shown)) {
        if (json) output.json(shown);
        return shown.state === 'finished' && shown.counts.ended.success === shown.counts.started ? 0 : 1;
      }
    }
    await sleep(LOOK_EVERY);
  }
}

function isOver({ state }: ShownBackfill): boolean {
  return state === 'finished' || state === 'cancelled' || state === 'lost';
}
