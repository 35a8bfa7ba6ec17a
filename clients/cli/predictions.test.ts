import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createLocalStore } from '../../activities/store/local-store.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import type { ProjectSpec } from '../../workflows/domain/project.ts';
import { registerPredictions, type PredictionServices, type UploadScoringParams } from './predictions.ts';
import { typed } from './testing/typed.ts';

const PROJECTS = { paint: { name: 'paint', model: 'fading' } } as unknown as Record<string, ProjectSpec>;
const RESULT = { rows: 1, notScored: 0, scoreMean: 0.25, output: '' };
let folder: string;

beforeAll(async () => {
  folder = await temporaryFolder('predictions');
  await writeFile(join(folder, 'in.csv'), 'id\n1\n');
});

async function assay(
  args: readonly string[],
  outcome?: Awaited<ReturnType<PredictionServices['scoreUpload']>>,
) {
  const asked: UploadScoringParams[] = [];
  const store = createLocalStore(join(folder, 'store'));
  const services: PredictionServices = {
    projects: PROJECTS,
    store,
    scoreUpload: async (params) => {
      asked.push(params);
      await store.put(params.output, `scores of ${Buffer.from(await store.get(params.file)).toString()}`);
      return outcome ?? { run: 'uploadScoring-1', state: 'success', result: RESULT };
    },
  };
  const said = await typed(registerPredictions, services, ['predictions', 'score', ...args]);
  return { ...said, asked };
}

describe('assay predictions score', () => {
  it('uploads the file, runs the pipeline with the champion and prints the scores', async () => {
    const { code, stdout, stderr, asked } = await assay([join(folder, 'in.csv'), '--model', 'fading']);
    expect([code, stdout]).toEqual([0, 'scores of id\n1\n']);
    expect(stderr).toContain('run uploadScoring-1: 1 rows scored, 0 not scored');
    expect(asked).toEqual([
      {
        project: 'paint',
        alias: 'champion',
        file: expect.stringMatching(/^uploads\/[0-9a-f]{64}\/in\.csv$/),
        output: expect.stringMatching(/\.scores\.csv$/),
      },
    ]);
  });

  it('writes the scores to a file in the format of its name', async () => {
    const out = join(folder, 'out.parquet');
    const args = [join(folder, 'in.csv'), '--model', 'fading@challenger', '-o', out, '--json'];
    const { stdout, asked } = await assay(args);
    expect(JSON.parse(stdout)).toEqual({
      run: 'uploadScoring-1',
      rows: 1,
      notScored: 0,
      scoreMean: 0.25,
      out,
    });
    expect(asked[0]).toMatchObject({
      alias: 'challenger',
      output: expect.stringMatching(/\.scores\.parquet$/),
    });
    expect(await readFile(out, 'utf8')).toBe('scores of id\n1\n');
  });

  it('ends with code 1 and the reason where the run fails', async () => {
    const error = { type: 'InvalidUpload', message: 'colour: missing' };
    const failed = { run: 'uploadScoring-2', state: 'failed' as const, error };
    const { code, stdout, stderr } = await assay([join(folder, 'in.csv'), '--model', 'fading'], failed);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('colour: missing');
    expect(stderr).toContain('assay runs show uploadScoring-2');
  });

  it.each([
    ['an unknown model, listing the known ones', 'in.csv', 'rusting', 'Known models: fading'],
    ['an unknown alias', 'in.csv', 'fading@best', 'fading@champion'],
    ['a file that is not there', 'none.csv', 'fading', "can't be read"],
  ])('refuses %s', async (_, file, model, message) => {
    const { code, stderr, asked } = await assay([join(folder, file), '--model', model]);
    expect([code, stderr, asked]).toEqual([2, expect.stringContaining(message), []]);
  });
});
