/**
 * Loaded before a worker's own code (`node --import`): ends the process with SIGKILL at named moments,
 * each once, so that a test meets the very instruction and not its neighbourhood.
 * `DIE_AT` is JSON, `[{ name, when: 'before' | 'after', object }]`: an object of the store is about to
 * appear, or just has; `object` is a regular expression over its path. `DIE_MARKS` is the folder that
 * remembers which moments have been.
 */
import { writeFileSync } from 'node:fs';
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';

const moments = JSON.parse(process.env.DIE_AT ?? '[]');

/** The two ways in which the local store lets an object appear. */
for (const name of ['link', 'rename']) {
  const appear = fs[name];
  fs[name] = async (from, to) => {
    dieIf('before', to);
    await appear(from, to);
    dieIf('after', to);
  };
}
syncBuiltinESMExports();

function dieIf(when, path) {
  const moment = moments.find((each) => each.when === when && new RegExp(each.object).test(path));
  if (moment === undefined || !isFirst(moment)) return;
  process.kill(process.pid, 'SIGKILL');
}

function isFirst({ name }) {
  try {
    writeFileSync(join(process.env.DIE_MARKS, name), String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    return false;
  }
}
