import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';

import { temporaryFolder } from '../testing/temporary-folder.ts';
import { CHAMPION, report } from '../workflows/domain/testing/evaluations.ts';
import { handler } from './gate-lambda.ts';

describe('the Lambda handler', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await temporaryFolder('gate');
  });

  it('judges a report in a store by the policy of a project of this repository', async () => {
    const file = join(folder, 'metrics.json');
    await writeFile(file, JSON.stringify(report()));
    const event = { evaluation: pathToFileURL(file).href, project: 'readmission', championDigest: CHAMPION };
    expect(await handler(event)).toMatchObject({ ok: true, verdict: 'pass' });
    await writeFile(file, JSON.stringify(report({ latencyMs: 10_000 })));
    expect(await handler(event)).toMatchObject({ ok: true, verdict: 'fail' });
  });

  it('throws where nothing is at the address', async () => {
    const evaluation = pathToFileURL(join(folder, 'none.json')).href;
    const asked = handler({ evaluation, project: 'readmission', championDigest: null });
    await expect(asked).rejects.toMatchObject({ type: 'ObjectNotFound' });
  });
});
