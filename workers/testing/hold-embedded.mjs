/** Starts an embedded machine from the compiled code, says which pids run, and stays. For a test that kills it. */
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { startEmbedded } from '../../dist/workers/embedded.js';

const embedded = await startEmbedded({
  command: process.env.ASSAY_TEMPORAL_BIN ?? 'temporal',
  entry: fileURLToPath(new URL('./fake-worker.mjs', import.meta.url)),
  processes: [['control'], ['data', 'training']],
  env: process.env,
  logFolder: process.argv[2] ?? tmpdir(),
  ui: false,
  ports: 'any',
  note: () => undefined,
});
process.stdout.write(`${JSON.stringify([...embedded.pids().values()])}\n`);
setInterval(() => undefined, 60_000);
