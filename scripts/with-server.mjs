/** A Temporal server of a script's own, and an empty folder: nothing of either is left when its work is over. */
import { ensureSetUp } from './setup.mjs';
import { findTemporal } from './temporal.mjs';
import { withFolder } from './with-folder.mjs';

/** @param name what they are for: stands in the folder's path */
export async function withServer(name, work) {
  await ensureSetUp();
  const { startServer } = await import('../dist/workers/embedded-server.js');
  const { startOrphanGuard } = await import('../dist/workers/orphan-guard.js');
  return withFolder(name, async (folder) => {
    const guard = startOrphanGuard();
    const [command, env] = [(await findTemporal()).path, process.env];
    const server = await startServer({ command, env, logFolder: folder, guard, ui: false, ports: 'any' });
    try {
      return await work({ address: server.address, folder });
    } finally {
      await server.stop();
      await guard.release();
    }
  });
}
