/** Plays a worker process: `FAKE_WORKER` says how it behaves. Prints what the supervisor waits for. */
import { spawn } from 'node:child_process';

const behaviour = process.env.FAKE_WORKER ?? 'polls';

if (behaviour === 'cannot-start') {
  process.stderr.write('no route to the lake\n');
  process.exit(3);
}
if (behaviour === 'stubborn') process.on('SIGTERM', () => undefined);
process.stdout.write('a line that is not for the supervisor\n');
if (behaviour === 'trains') process.stdout.write(`trainer ${spawn('sleep', ['600']).pid}\n`);
process.stdout.write(`${JSON.stringify({ ready: true, queues: process.argv[3] })}\n`);
setInterval(() => undefined, 60_000);
