/** From a fresh clone to a running command: set-up, then the compiled program. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { cloneRoot } from './clone.mjs';
import { note } from './progress.mjs';
import { ensureSetUp } from './setup.mjs';

/** Infrastructure is broken, in the exit codes of the command. */
const BROKEN = 2;

/** Runs the command with these arguments; the exit code is the process's. */
export async function launch(args) {
  const program = join(cloneRoot, 'dist', 'clients', 'cli', 'main.js');
  try {
    await ensureSetUp();
  } catch (error) {
    note(error.message);
    // The doctor is for exactly this case, if there is something to run it with.
    if (args[0] !== 'doctor' || !existsSync(program)) {
      process.exitCode = BROKEN;
      return;
    }
  }
  // Which Node we need stands in package.json; the SDK, which is pinned, would speak of its own future at every command.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  const { main } = await import(pathToFileURL(program).href);
  process.exitCode = await main(args);
}
