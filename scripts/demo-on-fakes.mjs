/**
 * The demo twice with one seed: as it is by default, and on S3 and SageMaker, both spoken to over the wire (versitygw
 * and scripts/fake-sagemaker.mjs). Prints what each month came to on either side, and says whether they are the same:
 *
 *   $ node scripts/demo-on-fakes.mjs
 *   $ node scripts/demo-on-fakes.mjs --batches 2 --seed 7 --keep reports/
 *
 * Exit 0: the same models, digest for digest, the same decisions and figures; 1: they differ, and where; 2: it broke.
 * Needs Go once, to build versitygw; the slower of the two takes some minutes.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import { cloneRoot } from './clone.mjs';
import { differences, monthsSideBySide } from './demo-on-fakes/compare.mjs';
import { note, step } from './progress.mjs';
import { ensureSetUp } from './setup.mjs';
import { findVersitygw, installVersitygw, name as versitygwName } from './versitygw.mjs';
import { withFolder } from './with-folder.mjs';

const BROKEN = 2;
const BUCKET = 'assay-demo';
const REACHABLE_MS = 10_000;
/** What a demo has started ends by itself, a moment after the demo was ended from outside. */
const ORPHANS_MS = 2_000;
const ENDED = ['Completed', 'Failed', 'Stopped'];

const { values: options } = parseArgs({
  options: {
    batches: { type: 'string', default: '6' },
    seed: { type: 'string', default: '1' },
    /** A folder for both reports as JSON. */
    keep: { type: 'string' },
  },
});

const running = [];
let folder;
await withFolder(
  'demo-on-fakes',
  async (made) => {
    folder = made;
    try {
      process.exitCode = await compareBoth();
    } catch (error) {
      note(error.message);
      process.exitCode = BROKEN;
    } finally {
      await stopAll();
    }
  },
  async () => {
    await stopAll();
    await sleep(ORPHANS_MS);
  },
);

async function stopAll() {
  for (const child of running.toReversed()) await stop(child);
}

async function compareBoth() {
  await ensureSetUp();
  const { path: versitygw } = await step(versitygwName, findVersitygw, installVersitygw);
  note('the demo as it is by default …');
  const here = await demo({ ASSAY_STORE: join(folder, 'here') });
  note('the demo on S3 and SageMaker …');
  const s3 = await startS3(versitygw);
  const jobs = await countJobs();
  const sagemaker = await startSageMaker(s3, jobs.address);
  const place = ['--store', `s3://${BUCKET}/demo`];
  const trainer = ['--trainer', 'sagemaker', '--sagemaker-endpoint', sagemaker];
  const there = await demo(s3, [...place, ...trainer]);
  if (options.keep !== undefined) await keep({ here, there });
  const found = [...differences(here, there), ...unlessCounted(jobs)];
  process.stdout.write(`${monthsSideBySide(here, there)}\n\n`);
  for (const difference of found) process.stdout.write(`DIFFERS ${difference}\n`);
  if (found.length > 0) return 1;
  const { version, digest } = here.champion;
  process.stdout.write(
    `The same champion, v${version} ${digest}, by the same steps. There ${jobs.ended.size} training jobs were run,\n` +
      `none twice, and all of it took ${(there.seconds / here.seconds).toFixed(1)} times as long.\n`,
  );
  return 0;
}

/** Where the SageMaker posts its state changes: some twice, and not in order. */
async function countJobs() {
  const ended = new Map();
  const server = createHttpServer((request, response) => {
    void json(request).then(({ detail: { TrainingJobName: name, TrainingJobStatus: status } }) => {
      if (ENDED.includes(status)) ended.set(name, status);
      response.writeHead(204).end();
    });
  });
  server.listen(0, '127.0.0.1').unref();
  await once(server, 'listening');
  return { ended, address: `http://127.0.0.1:${server.address().port}` };
}

/** A second job for one fit would have another number at the end of its name. */
function* unlessCounted({ ended }) {
  if (ended.size === 0) yield 'jobs: no training job was run there';
  for (const [name, status] of ended) {
    if (status !== 'Completed' || !name.endsWith('-1')) yield `jobs: ${name} ended ${status}`;
  }
}

/** @returns its report; its progress goes on to stderr */
async function demo(variables, args = []) {
  const all = ['demo', '--batches', options.batches, '--seed', options.seed, '--json', ...args];
  const env = { ...process.env, ASSAY_ENV: 'development', ...variables };
  const child = spawn(process.execPath, [join(cloneRoot, 'bin', 'assay'), ...all], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.push(child);
  let out = '';
  child.stdout.on('data', (chunk) => (out += chunk));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`assay ${all.join(' ')} ended with ${code}`);
  return JSON.parse(out);
}

/** @returns the variables by which everybody finds it */
async function startS3(program) {
  const data = join(folder, 's3');
  await mkdir(data);
  const port = await freePort();
  const variables = {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'assay-demo',
    AWS_SECRET_ACCESS_KEY: 'not-a-secret',
    AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}`,
    ASSAY_STAGE_FOLDER: join(folder, 'stage'),
  };
  const root = { ROOT_ACCESS_KEY: 'assay-demo', ROOT_SECRET_KEY: 'not-a-secret' };
  const args = ['--port', `127.0.0.1:${port}`, '--quiet', 'posix', data];
  running.push(spawn(program, args, { env: root, stdio: 'ignore' }));
  await createBucket(variables);
  return variables;
}

async function createBucket(variables) {
  const { CreateBucketCommand, S3Client } = await import('@aws-sdk/client-s3');
  const client = new S3Client({
    region: variables.AWS_REGION,
    endpoint: variables.AWS_ENDPOINT_URL_S3,
    forcePathStyle: true,
    credentials: {
      accessKeyId: variables.AWS_ACCESS_KEY_ID,
      secretAccessKey: variables.AWS_SECRET_ACCESS_KEY,
    },
    maxAttempts: 1,
  });
  for (const deadline = Date.now() + REACHABLE_MS; ; await sleep(100)) {
    try {
      await client.send(new CreateBucketCommand({ Bucket: BUCKET }));
      return client.destroy();
    } catch (error) {
      if (Date.now() >= deadline) throw error;
    }
  }
}

/** @returns its address */
async function startSageMaker(variables, events) {
  const script = join(cloneRoot, 'scripts', 'fake-sagemaker.mjs');
  const child = spawn(process.execPath, [script, '--port', '0', '--events', events], {
    env: { ...process.env, ...variables },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.push(child);
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('http')) return line;
  }
  throw new Error('the fake SageMaker ended before it listened');
}

async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

async function keep(reports) {
  await mkdir(options.keep, { recursive: true });
  for (const [side, report] of Object.entries(reports)) {
    await writeFile(join(options.keep, `${side}.json`), `${JSON.stringify(report, null, 2)}\n`);
  }
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
