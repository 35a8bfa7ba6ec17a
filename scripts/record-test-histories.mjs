/**
 * Records what the demo does not run, from end-to-end tests that do: `node scripts/record-test-histories.mjs [TEST…]`
 * runs them, or those of the given files, and writes `workflows/histories/<version>-<workflow>[-failed|…].json.gz`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { cloneRoot } from './clone.mjs';
import { saveHistory } from './histories.mjs';
import { note } from './progress.mjs';
import { ensureSetUp } from './setup.mjs';
import { withFolder } from './with-folder.mjs';

/** By the test that runs them. */
const KINDS = {
  'pipelines/examples/asset-rollup.e2e.ts': ['dailyShop'],
  'pipelines/examples/follow-job.e2e.ts': ['followedJob'],
  'pipelines/examples/human-review.e2e.ts': ['humanReview-answered'],
  'pipelines/examples/operating.e2e.ts': [
    'cluster',
    'cluster-failed',
    'regions',
    'retryPolicy',
    'retryPolicy-failed',
  ],
  'pipelines/examples/retrain-until-good.e2e.ts': ['retrainUntilGood'],
  'pipelines/examples/train-or-keep.e2e.ts': ['trainOrKeep'],
  'pipelines/examples/train-register-deploy.e2e.ts': [
    'trainRegisterDeploy',
    'trainRegisterDeploy-failed',
    'trainRegisterDeploy-cancelled',
  ],
  'pipelines/examples/workdays.e2e.ts': ['tills'],
  'workers/sagemaker.e2e.ts': ['training-on-sagemaker'],
  'workers/watchdog.e2e.ts': ['watchdog'],
  'workflows/capacity.e2e.ts': ['capacity-cancelled'],
  'workflows/engine/notices.e2e.ts': ['delivery'],
  'workflows/governor.e2e.ts': ['promotion-answered', 'rollback', 'rollback-failed'],
};

await ensureSetUp();
const { version } = JSON.parse(await readFile(join(cloneRoot, 'package.json'), 'utf8'));
const asked = process.argv.slice(2);
const files = asked.length > 0 ? asked : Object.keys(KINDS);
await withFolder('histories', async (folder) => {
  await runTests(folder);
  for (const kind of files.flatMap((file) => KINDS[file] ?? [])) {
    const compressed = await readFile(join(folder, `${kind}.json.gz`)).catch(() => undefined);
    if (compressed !== undefined) await saveHistory(version, kind, compressed);
    else {
      note(`no test has left a history of ${kind}`);
      process.exitCode = 1;
    }
  }
});

/** Their servers leave histories in the folder when they are stopped. @throws Error where a test fails */
async function runTests(folder) {
  const vitest = spawn('npx', ['vitest', 'run', ...files], {
    cwd: cloneRoot,
    env: { ...process.env, ASSAY_KEEP_HISTORIES: folder },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = await once(vitest, 'close');
  if (code !== 0) throw new Error(`tests failed: npx vitest run ${files.join(' ')}`);
}
