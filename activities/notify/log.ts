/** Notices as lines of JSON: where nobody is to be woken, and beside other channels for those who read logs. */
import type { Notifier } from './contract.ts';

export function createLogNotifier(write: (line: string) => void): Notifier {
  return {
    async send(notice) {
      write(JSON.stringify({ notice }));
    },
  };
}
