/** A temporary folder for a script: gone when its work is over, has failed or is interrupted. */
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * @param name what the folder is for: stands in its path
 * @param stop ends who writes there, when it is interrupted
 */
export async function withFolder(name, work, stop = async () => undefined) {
  const folder = await mkdtemp(join(tmpdir(), `assay-${name}-`));
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  let ending = Promise.resolve();
  const interrupted = (signal) => {
    ending = ending.then(stop).finally(() => process.exit(128 + constants.signals[signal]));
  };
  process.once('exit', remove);
  for (const signal of SIGNALS) process.once(signal, interrupted);
  try {
    return await work(folder);
  } finally {
    // The exit removes the folder, when nobody writes there any more.
    await ending;
    for (const signal of SIGNALS) process.off(signal, interrupted);
    process.off('exit', remove);
    remove();
  }
}
