/** From a fresh clone to a running command: set-up, then the compiled program. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { cloneRoot } from './clone.mjs';
import { note } from './progress.mjs';
import { ensureSetUp } from './setup.mjs';

/** Infrastructure is broken, in the exit codes of the command. */
const BROKEN = 2;
/** What was asked for was looked at, and is not right. */
const SAID_NO = 1;
const DOES_NOT_COMPILE = /error TS\d+/;

/** Runs the command with these arguments; the exit code is the process's. */
export async function launch(args) {
  const program = join(cloneRoot, 'dist', 'clients', 'cli', 'main.js');
  try {
    await ensureSetUp();
  } catch (error) {
    note(error.message);
    if (args[0] === 'check' && DOES_NOT_COMPILE.test(error.message)) {
      note('next: correct that, then assay check');
      process.exitCode = SAID_NO;
      return;
    }
    // The doctor is for exactly this case, if there is something to run it with.
    if (args[0] !== 'doctor' || !existsSync(program)) {
      process.exitCode = BROKEN;
      return;
    }
  }
  // Which Node we need stands in package.json; the SDK, which is pinned, would speak of its own future at every command.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  const main = await load(program);
  process.exitCode = main === undefined ? (args[0] === 'check' ? SAID_NO : BROKEN) : await main(args);
}

/** What is declared wrong (a pipeline's name, a project's spec) is refused as soon as it is read. */
async function load(program) {
  try {
    return (await import(pathToFileURL(program).href)).main;
  } catch (error) {
    const [line = ''] = (error.stack ?? '')
      .split('\n')
      .filter((text) => /dist.(pipelines|workflows)/.test(text))
      .slice(-1);
    note(`the code can't be loaded: ${error.message}${line && `\n${line}`}`);
    return undefined;
  }
}
