/** versitygw, a real S3 server in Go, which the tests of the S3 adapter run against. Nothing else needs it. */
import { readFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheRoot, installPart } from './cache.mjs';
import { run } from './command.mjs';

const { versitygw } = JSON.parse(await readFile(new URL('./parts.json', import.meta.url), 'utf8'));

const folderName = `versitygw-${versitygw.version}`;

export const name = `versitygw ${versitygw.version} (for tests only, built with Go: some minutes)`;

/** `{ path }` of the program, or undefined when it has to be built. */
export async function findVersitygw() {
  const path = join(cacheRoot(), folderName, 'versitygw');
  return existsSync(path) ? { path } : undefined;
}

/** Go checks every module against its checksum database. */
export async function installVersitygw() {
  await requireGo();
  const folder = await installPart(folderName, (target) =>
    run('go', ['install', `${versitygw.module}@v${versitygw.version}`], {
      env: { ...process.env, GOBIN: target },
    }),
  );
  return { path: join(folder, 'versitygw') };
}

async function requireGo() {
  try {
    await run('go', ['version']);
  } catch {
    throw new Error(
      'there is no Go to build it with (Debian: apt-get install golang; macOS: brew install go)',
    );
  }
}
