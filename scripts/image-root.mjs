/**
 * Assembles the root of an image: what a worker and the command need at run time, and nothing else.
 *
 *   node scripts/image-root.mjs --out FOLDER [--link]
 *
 * The folder gets bin/assay, dist/, node_modules/ (production, this platform's parts), xgboost/ and an empty .assay/ to
 * mount something writable on. `--link` links files instead of copying them: for tests, on one file system.
 */
import { existsSync } from 'node:fs';
import { chmod, copyFile, cp, link, mkdir, readFile, readdir, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { cloneRoot } from './clone.mjs';
import { isUnused } from './image/prune.mjs';
import { note } from './progress.mjs';
import { installXgboost } from './xgboost.mjs';

/** What we may add to the base image. */
const LIMIT_MB = 700;

/** @returns bytes of each part of the root */
export async function assemble(out, { linked = false } = {}) {
  if (existsSync(out) && (await readdir(out)).length > 0) throw new Error(`${out} is not empty.`);
  await build();
  const place = linked ? link : copyFile;
  for (const folder of ['bin', '.assay']) await mkdir(join(out, folder), { recursive: true });
  await copyFile(join(cloneRoot, 'scripts', 'image', 'assay.mjs'), join(out, 'bin', 'assay'));
  await chmod(join(out, 'bin', 'assay'), 0o755);
  for (const file of ['package.json', 'LICENSE']) await copyFile(join(cloneRoot, file), join(out, file));
  await copyTree(join(cloneRoot, 'dist'), join(out, 'dist'), place);
  await copyPackages(out, place);
  // As it was unpacked: the library finds its own OpenMP by a path relative to itself.
  const { path: library } = await installXgboost();
  await cp(resolve(dirname(library), '..', '..'), join(out, 'xgboost'), { recursive: true });
  // A part of the cache is its user's alone; the image has another user.
  await chmod(join(out, 'xgboost'), 0o755);
  return measure(out);
}

/** By the lock file, out of what is installed here: no registry is asked, and nothing else gets in. */
async function copyPackages(out, place) {
  const { packages } = JSON.parse(await readFile(join(cloneRoot, 'package-lock.json'), 'utf8'));
  for (const [path, entry] of Object.entries(packages)) {
    if (path === '' || entry.dev || entry.devOptional || entry.link) continue;
    const from = join(cloneRoot, path);
    if (!existsSync(from)) {
      if (entry.optional || entry.peer) continue;
      throw new Error(`${path} is not installed: run npm ci first.`);
    }
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    await copyTree(from, join(out, path), place, (file) => file !== 'node_modules' && !isUnused(name, file));
  }
}

async function copyTree(from, to, place, isWanted = () => true, root = from) {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (!isWanted(relative(root, source).replaceAll('\\', '/'))) continue;
    if (entry.isDirectory()) await copyTree(source, target, place, isWanted, root);
    else if (entry.isFile()) await place(source, target);
  }
}

async function measure(out) {
  const parts = await readdir(out);
  return Object.fromEntries(
    await Promise.all(parts.map(async (part) => [part, await bytesOf(join(out, part))])),
  );
}

async function bytesOf(path) {
  const info = await stat(path);
  if (!info.isDirectory()) return info.size;
  const inside = await Promise.all((await readdir(path)).map((name) => bytesOf(join(path, name))));
  return inside.reduce((sum, bytes) => sum + bytes, 0);
}

async function main() {
  const { values } = parseArgs({ options: { out: { type: 'string' }, link: { type: 'boolean' } } });
  if (values.out === undefined) throw new Error('usage: node scripts/image-root.mjs --out FOLDER [--link]');
  const parts = await assemble(resolve(values.out), { linked: values.link });
  const megabytes = (bytes) => bytes / 1024 / 1024;
  const total = Object.values(parts).reduce((sum, bytes) => sum + bytes, 0);
  for (const [part, bytes] of Object.entries(parts))
    note(`${part.padEnd(14)} ${megabytes(bytes).toFixed(1)} MB`);
  note(`${'in all'.padEnd(14)} ${megabytes(total).toFixed(1)} MB of at most ${LIMIT_MB}`);
  if (megabytes(total) > LIMIT_MB) throw new Error(`The image would be larger than ${LIMIT_MB} MB.`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    await main();
  } catch (error) {
    note(error.message);
    process.exitCode = 2;
  }
}
