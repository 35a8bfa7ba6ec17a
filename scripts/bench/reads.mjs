/**
 * Whoever looks must not hold up what is at work: how long tasks wait from ready to start in 10 runs of 100, alone and
 * while `assay runs list` and `runs show` are called in turns, without a pause. Those are processes and need a processor,
 * whatever they ask; so the same is measured beside `assay --help`, which asks for nothing.
 */
import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { began, withHouse } from './engine/house.mjs';
import { quantile } from './engine/server.mjs';

const RUNS = 10;
const TASKS = 100;
const ROUNDS = 3;
const ASSAY = fileURLToPath(new URL('../../bin/assay', import.meta.url));

export function run() {
  return withHouse(async (house) => {
    await house.addWorker();
    const first = await house.start('readiness', { tasks: TASKS });
    await first.result();
    const reads = [
      ['runs', 'list'],
      ['runs', 'show', first.workflowId],
    ];
    const waits = { alone: [], idle: [], read: [] };
    let calls = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      waits.alone.push(await waitsOf(house));
      waits.idle.push(await beside(house, [['--help']], () => waitsOf(house)));
      waits.read.push(
        await beside(
          house,
          reads,
          () => waitsOf(house),
          () => (calls += 1),
        ),
      );
    }
    return rows(waits, calls);
  });
}

/** Milliseconds of every task. */
async function waitsOf({ start, folder }) {
  await rm(join(folder, 'began'), { force: true });
  const runs = await Promise.all(Array.from({ length: RUNS }, () => start('readiness', { tasks: TASKS })));
  await Promise.all(runs.map((one) => one.result()));
  return (await began(folder)).map(({ waited }) => waited);
}

/** Measures while the commands are called, one after the other. */
async function beside(house, commands, measured, called = () => undefined) {
  let over = false;
  const hammer = (async () => {
    for (let at = 0; !over; at += 1) {
      await assay(house, commands[at % commands.length]);
      called();
    }
  })();
  try {
    return await Promise.race([measured(), hammer.then(() => undefined)]);
  } finally {
    over = true;
    await hammer;
  }
}

/** The command as an operator has it, on the benchmark's server and store. */
function assay({ address, folder }, args) {
  const env = { ...process.env, ASSAY_STORE: `file://${join(folder, 'store')}`, TEMPORAL_ADDRESS: address };
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [ASSAY, ...args], { env, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (chunk) => (said += chunk));
    child.on('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`assay ${args.join(' ')} ended with code ${code}: ${said}`)),
    );
  });
}

function rows(waits, calls) {
  const at = (kind, share) =>
    quantile(
      waits[kind].map((round) => quantile(round, share)),
      0.5,
    );
  const compared = (name, share, kind, baseline, target) => ({
    name,
    unit: 'ms',
    value: at(kind, share),
    ...(baseline && { baseline: at(baseline, share), ratio: at(kind, share) / at(baseline, share) }),
    ...(target && { target }),
  });
  const p99s = waits.alone.map((round) => quantile(round, 0.99));
  return [
    compared('ready to start, median', 0.5, 'alone'),
    compared('ready to start, p99', 0.99, 'alone'),
    // How far apart rounds are in which nothing differs.
    { name: 'p99 of the worst of these rounds over the best', value: Math.max(...p99s) / Math.min(...p99s) },
    compared('p99 beside a command that asks nothing, over alone', 0.99, 'idle', 'alone'),
    compared('p99 beside runs list and show, over alone', 0.99, 'read', 'alone'),
    compared('p99 beside runs list and show, over one that asks nothing', 0.99, 'read', 'idle', { max: 1.5 }),
    { name: 'calls of runs list and show meanwhile', value: calls, target: { min: ROUNDS } },
  ];
}
