/** The ways into a running workflow: every signal goes to the run's desk. */
import { log, setDefaultSignalHandler } from '@temporalio/workflow';
import type { Attempt } from './attempt.ts';
import { Desk } from './desk.ts';

/** Before anything is awaited: what has come by then is delivered at once. */
export function openDesk({ facts, signals }: Attempt): Desk {
  const desk = new Desk(signals);
  setDefaultSignalHandler((name, payload) => {
    for (const { name: lost } of desk.signal({ name, payload })) {
      log.warn('a signal that nobody waited for was given up for newer ones', {
        run: facts.id,
        signal: lost,
      });
    }
  });
  return desk;
}
