/**
 * `npm run bench [NAME…] [--json]`: every module of scripts/bench/, each in a process of its own.
 * A module exports `run()`, which gives rows `{ name, value, unit?, baseline?, ratio?, target? }`.
 * Ratios are against a baseline measured in the same run, for machines are noisy.
 */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { note } from './progress.mjs';
import { ensureSetUp } from './setup.mjs';

const folder = new URL('./bench/', import.meta.url);
const runner = fileURLToPath(new URL('./bench-one.mjs', import.meta.url));

try {
  await ensureSetUp();
} catch (error) {
  note(error.message);
  process.exit(2);
}
const asked = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const known = readdirSync(folder)
  .filter((file) => file.endsWith('.mjs'))
  .map((file) => file.slice(0, -'.mjs'.length));
const unknown = asked.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(', ')}. There are: ${known.join(', ')}.`);
  process.exit(2);
}

const results = [];
for (const name of asked.length > 0 ? asked : known) {
  console.error(`bench: ${name} …`);
  const rows = await measure(new URL(`${name}.mjs`, folder));
  results.push(...rows.map((row) => ({ bench: name, ...row })));
}
if (process.argv.includes('--json')) console.log(JSON.stringify(results, null, 2));
else console.log(table(results));
process.exitCode = results.some((row) => row.missed) ? 1 : 0;

/** Runs one module in a child, whose last line is its rows as JSON. */
function measure(url) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [runner, url.href], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.on('exit', (code) => {
      const last = output.trimEnd().split('\n').at(-1) ?? '';
      if (code === 0) resolve(JSON.parse(last).map(judged));
      else reject(new Error(`${url.pathname} ended with code ${code}`));
    });
  });
}

/** `target` is a bound on the ratio where there is one, else on the value: `{ max }` or `{ min }`. */
function judged(row) {
  const measured = row.ratio ?? row.value;
  const { max = Infinity, min = -Infinity } = row.target ?? {};
  return { ...row, missed: measured > max || measured < min };
}

function table(rows) {
  const header = ['bench', 'what', 'value', 'baseline', 'ratio', 'target', ''];
  const lines = rows.map((row) => [
    row.bench,
    row.name,
    number(row.value, row.unit),
    number(row.baseline, row.unit),
    row.ratio === undefined ? '' : row.ratio.toFixed(2),
    bound(row.target),
    row.target ? (row.missed ? 'missed' : 'met') : '',
  ]);
  const widths = header.map((_, column) =>
    Math.max(...[header, ...lines].map((line) => line[column].length)),
  );
  return [header, ...lines]
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function number(value, unit = '') {
  if (value === undefined) return '';
  const text = Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
  return `${text} ${unit}`.trim();
}

function bound(target) {
  if (!target) return '';
  return target.max === undefined ? `≥ ${target.min}` : `≤ ${target.max}`;
}
