/** Python's package index as a download service: pinned wheels, fetched by pip, never run. */
import { chmod, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { checkDigest } from './cache.mjs';
import { run } from './command.mjs';

const MINIMUM = [3, 10];

/** `{ command, version }` of a Python that has pip, or undefined. */
export async function findPython() {
  for (const command of ['python3', 'python']) {
    try {
      const banner = await run(command, ['-m', 'pip', '--version']);
      const [, major, minor] = /\(python (\d+)\.(\d+)\)/.exec(banner) ?? [];
      const enough = Number(major) === MINIMUM[0] && Number(minor) >= MINIMUM[1];
      if (enough) return { command, version: `${major}.${minor}` };
    } catch {
      continue;
    }
  }
  return undefined;
}

export async function requirePython(what) {
  const python = await findPython();
  if (python) return python;
  throw new Error(
    `${what} comes as a Python wheel, and there is no Python >= ${MINIMUM.join('.')} with pip. ` +
      'Install one (Debian: apt-get install python3-pip; macOS: brew install python) and try again.',
  );
}

/**
 * Downloads one wheel, checks its digest and unpacks it into `folder`.
 * `part` is `{ wheel, tag, wheelSha256 }`: a requirement pinned by `==`, the platform tag, the digest.
 */
export async function unpackWheel(part, folder) {
  const python = await requirePython(part.wheel);
  const only = ['--no-deps', '--only-binary=:all:', '--platform', part.tag, '--quiet'];
  const downloads = join(folder, '.download');
  await run(python.command, ['-m', 'pip', 'download', ...only, '--dest', downloads, part.wheel]);
  const [file] = await readdir(downloads);
  if (file === undefined) throw new Error(`pip said it had downloaded ${part.wheel}, but left no file.`);
  const wheel = join(downloads, file);
  await checkDigest(wheel, part.wheelSha256, file);
  const unpacked = join(folder, '.unpacked');
  await run(python.command, ['-m', 'zipfile', '-e', wheel, unpacked]);
  return unpacked;
}

/** A zip keeps no permissions when Python unpacks it. */
export async function makeExecutable(file) {
  await chmod(file, 0o755);
}
