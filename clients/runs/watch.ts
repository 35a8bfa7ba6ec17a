/** A run as it goes, until it is over. */
import { setTimeout as sleep } from 'node:timers/promises';

import { showRun } from './show.ts';
import type { ShownRun } from './show.ts';
import type { RunServices } from './services.ts';

/** The newest attempt by default. Yields at first and at every change; the last one is the closed record. @throws Refusal UnknownRun */
export async function* watchRun(
  services: Pick<RunServices, 'ledger' | 'client'>,
  run: string,
  { every = 1000, attempt }: { every?: number; attempt?: number } = {},
): AsyncGenerator<ShownRun> {
  let before = '';
  for (;;) {
    const shown = await showRun(services, run, attempt);
    const now = JSON.stringify(shown);
    if (now !== before) yield shown;
    before = now;
    if (shown.record.state !== 'running') return;
    await sleep(every);
  }
}
