/**
 * A SageMaker on this machine, for `assay demo --trainer sagemaker --sagemaker-endpoint URL`. Its jobs take the states
 * of real ones, read their channels from S3 and leave a model.tar.gz there; where S3 is, the AWS variables say.
 *
 *   $ node scripts/fake-sagemaker.mjs --port 9200
 *   $ node scripts/fake-sagemaker.mjs --pace 2000 --events http://127.0.0.1:9300/events
 */
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { note } from './progress.mjs';
import { installParts, partsEnvironment } from './setup.mjs';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '9200' },
    pace: { type: 'string', default: '300' },
    quota: { type: 'string', default: '20' },
    events: { type: 'string' },
  },
});

const parts = partsEnvironment(await installParts());
await build();
const { readEnv } = await import('../dist/workers/env.js');
const { openFakeSageMaker } = await import('../dist/workers/fake-sagemaker.js');
const fake = await openFakeSageMaker(readEnv({ ...process.env, ...parts }), {
  port: Number(values.port),
  pace: Number(values.pace),
  quota: Number(values.quota),
  ...(values.events !== undefined && { events: values.events }),
});
process.stdout.write(`${fake.endpoint}\n`);
await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
note('stopping …');
await fake.stop();
