/** The main job on the public file: seconds, and the peak memory of all its processes together. */
import { spawn, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withFolder } from '../with-folder.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const publicFile = join(root, '..', 'shared', 'data', 'diabetic_data.csv.gz');
const LOOK_EVERY_MS = 250;

export function run() {
  return withFolder('bench', async (store) => {
    const onPublicFile = existsSync(publicFile);
    const data = onPublicFile ? ['--data', publicFile] : [];
    const { seconds, peakMb } = await watched(['--store', store, 'demo', ...data, '--json']);
    const what = onPublicFile ? 'demo on the public file' : 'demo on generated data (no public file here)';
    return [
      { name: what, value: seconds, unit: 's', target: { max: 180 } },
      { name: `${what}: all processes, peak`, value: peakMb, unit: 'MB', target: { max: 2048 } },
    ];
  });
}

async function watched(args) {
  const started = performance.now();
  const child = spawn(process.execPath, [join(root, 'bin', 'assay'), ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  let peakKb = 0;
  const look = setInterval(() => (peakKb = Math.max(peakKb, residentOf(child.pid))), LOOK_EVERY_MS);
  const code = await new Promise((resolve) => child.on('exit', resolve));
  clearInterval(look);
  if (code !== 0) throw new Error(`the demo ended with code ${code}`);
  return { seconds: (performance.now() - started) / 1000, peakMb: peakKb / 1024 };
}

/** Kilobytes of a process and of all that descend from it; shared pages count for each. */
function residentOf(pid) {
  const rows = execFileSync('ps', ['-eo', 'pid=,ppid=,rss='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  const family = new Set([pid]);
  for (let grown = true; grown;) {
    const size = family.size;
    for (const [child, parent] of rows) if (family.has(parent)) family.add(child);
    grown = family.size > size;
  }
  return rows.reduce((total, [id, , rss]) => total + (family.has(id) ? rss : 0), 0);
}
