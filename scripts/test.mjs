/**
 * `npm test`: set-up, then every test, or those of the given paths.
 * The very last line is `N passed, N failed`, with `, N skipped` where something was.
 */
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from './build.mjs';
import * as chromium from './chromium.mjs';
import { cloneRoot } from './clone.mjs';
import * as deltalake from './deltalake.mjs';
import * as moto from './moto.mjs';
import { note, step } from './progress.mjs';
import { installParts, partsEnvironment } from './setup.mjs';
import * as versitygw from './versitygw.mjs';
import { withFolder } from './with-folder.mjs';

const nothingRan = { passed: 0, failed: 0, skipped: [], broken: [] };
let summary = nothingRan;
let exitCode = 1;
try {
  const environment = { ...partsEnvironment(await installParts()), ...(await testEnvironment()) };
  const broken = await compile();
  ({ summary, exitCode } = await runTests(environment));
  summary.broken.push(...broken);
} catch (error) {
  note(error.message);
}
close(summary, exitCode);

/** Most tests run from the sources: they are worth running where something else does not compile. */
async function compile() {
  try {
    await build();
    return [];
  } catch (error) {
    return [error.message];
  }
}

/** Peers that only tests need. Without one of them its tests are skipped, and say so. */
async function testEnvironment() {
  const [pythonPath, gateway, motoPath] = await Promise.all([
    peer(deltalake.name, deltalake.findDeltalake, deltalake.installDeltalake),
    peer(versitygw.name, versitygw.findVersitygw, versitygw.installVersitygw),
    peer(moto.name, moto.findMoto, moto.installMoto),
    // Found by its tests where they run: on PATH.
    peer(chromium.name, chromium.findChromium, chromium.installChromium),
  ]);
  return {
    ...(pythonPath && { ASSAY_TEST_PYTHONPATH: pythonPath }),
    ...(gateway && { ASSAY_TEST_VERSITYGW: gateway }),
    ...(motoPath && { ASSAY_TEST_MOTO: motoPath }),
  };
}

async function peer(name, find, install) {
  try {
    return (await step(name, find, install)).path;
  } catch (error) {
    note(`${name} could not be installed: ${error.message}`);
    return undefined;
  }
}

function runTests(environment) {
  return withFolder('test', async (folder) => {
    const summaryFile = join(folder, 'summary.json');
    const code = await vitest({ ...environment, ASSAY_TEST_SUMMARY: summaryFile });
    const text = await readFile(summaryFile, 'utf8').catch(() => undefined);
    return { exitCode: code, summary: text === undefined ? nothingRan : JSON.parse(text) };
  });
}

function vitest(environment) {
  const program = join(cloneRoot, 'node_modules', 'vitest', 'vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=./testing/summary-reporter.ts'];
  const child = spawn(process.execPath, [program, 'run', ...reporters, ...process.argv.slice(2)], {
    cwd: cloneRoot,
    env: { ...process.env, ...environment },
    stdio: 'inherit',
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}

/** What went wrong outside any test counts as a failed one: the line must not look better than the exit code. */
function close({ passed, failed, skipped, broken }, code) {
  for (const { name, reason } of skipped) process.stdout.write(`skipped: ${name}: ${reason}\n`);
  for (const what of broken) process.stdout.write(`failed: ${what}\n`);
  const failures = Math.max(failed + broken.length, code === 0 ? 0 : 1);
  const rest = skipped.length > 0 ? `, ${skipped.length} skipped` : '';
  process.stdout.write(`${passed} passed, ${failures} failed${rest}\n`);
  process.exitCode = failures > 0 ? 1 : 0;
}
