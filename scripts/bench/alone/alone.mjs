/** Cases that are measured each in a process of its own, for the peak memory of each, in one folder of files. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { withFolder } from '../../with-folder.mjs';

/** Hands `body` what runs a case of the module: in a new process, which answers in JSON. */
export function withCases(module, body) {
  return withFolder('bench', (folder) => body((name) => alone(module, [name, folder])));
}

/** The other side: where the module itself is what runs, it works at one case. */
export async function answerAlone(module, work) {
  if (process.argv[1] !== module) return;
  const [name, folder] = process.argv.slice(2);
  console.log(JSON.stringify((await work(name, folder)) ?? {}));
}

export async function openDuckDB(folder) {
  const { createDuckDB } = await import('../../../dist/activities/lake/duckdb.js');
  return createDuckDB({ memoryLimit: '500MB', threads: 2, tempDirectory: join(folder, 'temp') });
}

export function peakMegabytes() {
  return Math.round(process.resourceUsage().maxRSS / 1024);
}

function alone(module, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [module, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.on('error', reject);
    child.on('exit', (code) => {
      if (code === 0) resolve(JSON.parse(output));
      else reject(new Error(`${args[0]} ended with code ${code}`));
    });
  });
}
