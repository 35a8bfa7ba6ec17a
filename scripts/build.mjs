/**
 * Compiles to dist/: TypeScript, the files that the code reads beside itself, the workflow bundle.
 * By content: where no source has changed since the last build, it costs milliseconds.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { cloneRoot, localFolder } from './clone.mjs';
import { run } from './command.mjs';
import { withLock } from './lock.mjs';
import { requireNode } from './node-version.mjs';
import { note } from './progress.mjs';

const FOLDERS = ['activities', 'clients', 'pipelines', 'workers', 'workflows'];
const FILES = [
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'temporal.config.ts',
];
const ASSETS = /\.(sql|json|cjs|mjs|csv|html|css)$/;
const dist = join(cloneRoot, 'dist');
const next = join(cloneRoot, 'dist.next');
const stamp = join(dist, '.built-from');

/** The sources are wrong, not the machine. */
export class WrongCode extends Error {}

/** Makes dist/ what the sources say; returns whether it had to. */
export async function build() {
  if (await fresh()) return false;
  await mkdir(localFolder, { recursive: true });
  return withLock(join(localFolder, 'build.lock'), async () => {
    if (await fresh()) return false;
    const started = performance.now();
    try {
      await compile(await digest());
    } finally {
      await rm(next, { recursive: true, force: true });
    }
    note(`compiled in ${((performance.now() - started) / 1000).toFixed(1)} s`);
    return true;
  });
}

/** Whether dist/ was built from the sources as they stand. */
export async function fresh() {
  if (!existsSync(stamp)) return false;
  return (await readFile(stamp, 'utf8')) === (await digest());
}

/** Made beside dist/ and exchanged for it at the end: a failed build leaves the last good one. */
async function compile(builtFrom) {
  await rm(next, { recursive: true, force: true });
  const tsc = join(cloneRoot, 'node_modules', 'typescript', 'bin', 'tsc');
  await onCode([tsc, '-p', 'tsconfig.build.json', '--outDir', next]);
  await copyAssets();
  await bundle();
  await writeFile(join(next, '.built-from'), builtFrom);
  const last = join(cloneRoot, 'dist.last');
  await rm(last, { recursive: true, force: true });
  if (existsSync(dist)) await rename(dist, last);
  await rename(next, dist);
  await rm(last, { recursive: true, force: true });
}

/** Workers start a second sooner when the workflows are bundled beforehand. */
async function bundle() {
  const module = join(next, 'workers', 'bundle.js');
  if (!existsSync(module)) return;
  const call = `import(${JSON.stringify(pathToFileURL(module).href)}).then((m) => m.writeBundles()).catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  })`;
  await onCode(['--input-type=module', '-e', `await ${call}`]);
}

/** What the compiler and the bundler refuse is the code's fault: they say where, and how they were called helps nobody. */
async function onCode(args) {
  try {
    await run(process.execPath, args, { cwd: cloneRoot });
  } catch (error) {
    const [, said] = /^[^]*? ended with \d+\.\n([^]+)$/.exec(error.message) ?? [];
    throw said === undefined ? error : new WrongCode(`the code can't be built:\n${said}`);
  }
}

async function copyAssets() {
  for (const file of await sources()) {
    if (!ASSETS.test(file) || !FOLDERS.some((name) => file.startsWith(`${name}/`))) continue;
    await mkdir(dirname(join(next, file)), { recursive: true });
    await copyFile(join(cloneRoot, file), join(next, file));
  }
}

async function digest() {
  const hash = createHash('sha256');
  const files = await sources();
  const contents = await Promise.all(files.map((file) => readFile(join(cloneRoot, file))));
  files.forEach((file, at) => hash.update(`${file}\n${contents[at].length}\n`).update(contents[at]));
  return hash.digest('hex');
}

/** Everything that a build reads, relative to the clone, in a stable order. */
async function sources() {
  const inFolders = await Promise.all(FOLDERS.map((folder) => walk(join(cloneRoot, folder))));
  const single = FILES.map((file) => join(cloneRoot, file)).filter((file) => existsSync(file));
  const files = [...inFolders.flat(), ...single].map((file) => relative(cloneRoot, file));
  return files.toSorted((a, b) => (a < b ? -1 : 1));
}

async function walk(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !/\.(test|e2e)\.ts$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !/\/(testing|histories)\//.test(file));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    requireNode();
    if (!(await build())) note('dist/ is up to date');
  } catch (error) {
    note(error.message);
    process.exitCode = 2;
  }
}
