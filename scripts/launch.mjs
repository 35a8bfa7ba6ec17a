/** From a fresh clone to a running command: set-up, then the compiled program. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { SourceMap } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { WrongCode } from './build.mjs';
import { cloneRoot } from './clone.mjs';
import { WrongNode } from './node-version.mjs';
import { note } from './progress.mjs';
import { ensureSetUp } from './setup.mjs';

/** Infrastructure is broken, in the exit codes of the command. */
const BROKEN = 2;
/** What was asked for was looked at, and is not right. */
const SAID_NO = 1;

/** Runs the command with these arguments; the exit code is the process's. */
export async function launch(args) {
  const program = join(cloneRoot, 'dist', 'clients', 'cli', 'main.js');
  try {
    await ensureSetUp();
  } catch (error) {
    note(error.message);
    if (args[0] === 'check' && error instanceof WrongCode) {
      note('next: correct that, then assay check');
      process.exitCode = SAID_NO;
      return;
    }
    // The doctor is for exactly this case, if there is something to run it with.
    if (args[0] !== 'doctor' || error instanceof WrongNode || !existsSync(program)) {
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
    const at = await sourceOf(error.stack ?? '');
    note(`the code can't be loaded: ${error.message}${at === undefined ? '' : `\n    at ${at}`}`);
    note('next: correct that, then assay check');
    return undefined;
  }
}

/** Where in the sources the outermost frame stands that is of a pipeline or workflow: `pipelines/hello.pipeline.ts:7`. */
async function sourceOf(stack) {
  const frames = stack.matchAll(/file:\S+\/dist\/(\S+)\.js:(\d+):(\d+)/g);
  const [, name, line, column] =
    [...frames].findLast(([, file]) => /^(pipelines|workflows)\//.test(file)) ?? [];
  if (name === undefined) return undefined;
  try {
    const map = new SourceMap(JSON.parse(await readFile(join(cloneRoot, 'dist', `${name}.js.map`), 'utf8')));
    return `${name}.ts:${map.findEntry(Number(line) - 1, Number(column) - 1).originalLine + 1}`;
  } catch {
    return `${name}.ts`;
  }
}
