/** What stands for a server that files are fetched from; nothing goes over a network. */
import { ApplicationFailure } from '@temporalio/common';

export interface DownloadActivities {
  /** @throws RateLimited, AccessDenied */
  fetch(input: { url: string; key: string }): Promise<{ bytes: number }>;
}

/** Downloads that are remembered: far more than are ever under way. */
const REMEMBERED = 1_000;

/**
 * By the last part of the address: `busy` says once to each download that there are too many, `secret` is for nobody;
 * any other file is there, with 100 bytes for each character of its name.
 */
export function createDownloadActivities(): DownloadActivities {
  const told = new Set<string>();
  return {
    async fetch({ url, key }) {
      const file = new URL(url).pathname.split('/').at(-1) ?? '';
      if (file === 'secret') throw refused('AccessDenied', `403: ${url} is for nobody`);
      if (file === 'busy' && !told.has(key)) {
        if (told.size === REMEMBERED) told.clear();
        told.add(key);
        throw refused('RateLimited', `429: too many ask for ${url}`);
      }
      return { bytes: file.length * 100 };
    },
  };
}

/** What is to be done about it is the pipeline's to say. */
function refused(type: string, message: string): ApplicationFailure {
  return ApplicationFailure.create({ type, message });
}
