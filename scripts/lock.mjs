/**
 * One process at a time, by a file that names its holder.
 * A lock whose holder died is taken over. What runs under it installs by an atomic rename, so that
 * the worst case, two processes that take over at the same instant, only costs double work.
 */
import { open, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const BEAT_MS = 2_000;
/** A holder on another machine (a shared home folder) is known only by its beat. */
const SILENT_MS = 30_000;

/** Runs `body` while holding `file`, waiting for whoever holds it now. */
export async function withLock(file, body) {
  while (!(await take(file))) {
    if (await abandoned(file)) await steal(file);
    else await sleep(100);
  }
  const beat = setInterval(() => void utimes(file, new Date(), new Date()).catch(() => undefined), BEAT_MS);
  try {
    return await body();
  } finally {
    clearInterval(beat);
    await rm(file, { force: true });
  }
}

async function take(file) {
  try {
    const handle = await open(file, 'wx');
    await handle.writeFile(String(process.pid));
    await handle.close();
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

async function abandoned(file) {
  try {
    const [holder, { mtimeMs }] = await Promise.all([readFile(file, 'utf8'), stat(file)]);
    const age = Date.now() - mtimeMs;
    return age > SILENT_MS || (age > BEAT_MS && holder !== '' && !alive(Number(holder)));
  } catch (error) {
    if (error.code === 'ENOENT') return false;
    throw error;
  }
}

function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Only the one whose rename succeeds has removed it; the others find it gone. */
async function steal(file) {
  const aside = `${file}.${process.pid}`;
  await rename(file, aside).catch(() => undefined);
  await rm(aside, { force: true });
}
