import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { evaluateFile } from '../../activities/evaluation/evaluate-file.ts';
import { createDuckDB } from '../../activities/lake/duckdb.ts';
import { openTableFile } from '../../activities/lake/table-file.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { referenceSample } from '../../workflows/domain/testing/samples.ts';
import { registerEvaluate, type EvaluationServices } from './evaluate.ts';
import { typed, type Said } from './testing/typed.ts';

let folder: string;

beforeAll(async () => {
  folder = await temporaryFolder('evaluate');
  const { labels, tied, distinct } = referenceSample();
  const lines = labels.map(
    (label, row) => `${label},${tied[row]},${distinct[row]},p${row % 90},${row % 2 === 0 ? 'even' : 'odd'}`,
  );
  await writeFile(join(folder, 'scores.csv'), ['y,new,old,patient,side', ...lines, ''].join('\n'));
  const classes = ['cat', 'ant', 'cat', 'cat', 'ant', 'bird'];
  const predicted = ['ant', 'ant', 'cat', 'cat', 'ant', 'cat'];
  const animals = classes.map((label, row) => `${label},${predicted[row]}`);
  await writeFile(join(folder, 'animals.csv'), ['kind,guess', ...animals, ''].join('\n'));
});

function assay(args: readonly string[]): Promise<Said> {
  const duckdb = createDuckDB({ memoryLimit: '200MB', threads: 2, tempDirectory: join(folder, 'temp') });
  const services: EvaluationServices = {
    evaluateFile: (request) => evaluateFile({ duckdb, openFile: openTableFile }, request),
  };
  const paths = args.map((arg) => (/\.(csv|json)$/.test(arg) ? join(folder, arg) : arg));
  return typed(registerEvaluate, services, ['evaluate', ...paths]);
}

async function gates(name: string, policy: unknown): Promise<string> {
  await writeFile(join(folder, name), JSON.stringify(policy));
  return name;
}

const SCORES = ['scores.csv', '--label', 'y', '--score', 'new'];
const PAIR = [...SCORES, '--champion', 'old'];

describe('assay evaluate', () => {
  it('prints one JSON document with figures, difference and slices', async () => {
    const { code, stdout } = await assay([...PAIR, '--slices', 'side', '--json']);
    expect(code).toBe(0);
    // As in the tests of the domain: scikit-learn 1.7.2, DeLong et al. (1988) by the direct formula
    expect(JSON.parse(stdout)).toMatchObject({
      rows: 400,
      positives: 101,
      auc: { value: expect.closeTo(0.8256564786913474, 12) },
      prAuc: { value: expect.closeTo(0.6976989743987025, 12) },
      logLoss: expect.closeTo(0.4589847025357388, 12),
      champion: { auc: { value: expect.closeTo(0.7233352097751582, 12) } },
      difference: {
        auc: { pValue: expect.closeTo(0.004449944982310623, 12), method: 'paired DeLong' },
      },
      slices: [
        { column: 'side', group: 'even', rows: 200 },
        { column: 'side', group: 'odd', rows: 200 },
      ],
    });
  });

  it('prints a page of figures with their intervals for people', async () => {
    const { stdout } = await assay([...PAIR, '--group', 'patient', '--slices', 'side']);
    expect(stdout).toContain('400 rows, 101 positive (25.3 %), 90 groups');
    expect(stdout).toMatch(/AUC +0\.8257 \(0\.\d{4} to 0\.\d{4}\) +0\.7233 \(/);
    expect(stdout).toMatch(/AUC difference 0\.1023 .* clustered \(Obuchowski 1997\)/);
    expect(stdout).toContain('at 0.5: 61 true and 56 false positives, 243 true and 40 false negatives');
    expect(stdout).toMatch(/side even +200/);
  });

  it('takes the threshold that it is given', async () => {
    const { stdout } = await assay([...SCORES, '--threshold', '0.9', '--json']);
    expect(JSON.parse(stdout).atThreshold).toMatchObject({ threshold: 0.9, precision: null, recall: 0 });
  });

  it('ends with code 0 where every gate passes, and says what was not judged', async () => {
    const file = await gates('open.json', {
      floors: { auc: 0.8 },
      nonInferiorityMargin: 0.005,
      maxLatencyMs: 5,
    });
    const { code, stdout, stderr } = await assay([...PAIR, '--gates', file]);
    expect([code, stderr]).toEqual([0, expect.stringContaining('not judged')]);
    expect(stderr).toContain('maxLatencyMs');
    expect(stdout).toContain('the gate says pass');
    expect(stdout).toContain('the challenger is better than the champion');
  });

  it.each([
    ['fails', { floors: { auc: 0.9 } }, 'fail', 'auc-floor'],
    ['holds', { minPositives: 800 }, 'hold', 'enough-positives'],
  ])('ends with code 1 where a gate %s', async (_, policy, verdict, gate) => {
    const file = await gates('shut.json', policy);
    const { code, stdout } = await assay([...PAIR, '--gates', file, '--json']);
    const { gates: found } = JSON.parse(stdout);
    expect([code, found.verdict]).toEqual([1, verdict]);
    expect(found.results).toContainEqual(expect.objectContaining({ gate, verdict }));
  });

  it('does not pass a policy of which nothing can be judged', async () => {
    const file = await gates('champions.json', { nonInferiorityMargin: 0.005 });
    const { code, stdout } = await assay([...SCORES, '--gates', file, '--json']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout).gates).toEqual({
      verdict: 'fail',
      results: [],
      notJudged: ['nonInferiorityMargin'],
    });
  });

  it('judges predicted classes', async () => {
    const animals = ['animals.csv', '--label', 'kind', '--predicted', 'guess'];
    const { code, stdout } = await assay([...animals, '--json']);
    expect(code).toBe(0);
    // The example of scikit-learn's documentation of confusion_matrix
    expect(JSON.parse(stdout).confusion).toEqual({
      labels: ['ant', 'bird', 'cat'],
      matrix: [
        [2, 0, 0],
        [0, 0, 1],
        [1, 0, 2],
      ],
    });
    expect((await assay(animals)).stdout).toMatch(/bird +1 +none +0\.0000 +0\.0000 +none/);
  });

  it.each([
    ['neither scores nor predictions', ['scores.csv', '--label', 'y'], '--score or --predicted'],
    ['a prediction beside one score', [...SCORES, '--predicted', 'new'], '--threshold'],
    [
      'gates for several classes',
      ['animals.csv', '--label', 'kind', '--predicted', 'guess', '--champion', 'x'],
      '--champion',
    ],
    ['classes for one score', [...SCORES, '--classes', 'a'], '--classes'],
    [
      'a column that is not there',
      ['scores.csv', '--label', 'y', '--score', 'newest'],
      'Its columns are: y, new, old, patient, side',
    ],
    ['a file that is not there', ['none.csv', '--label', 'y', '--score', 'new'], "can't be read"],
    ['gates that are not there', [...SCORES, '--gates', 'none.json'], "can't be read"],
  ])('refuses %s with code 2', async (_, args, message) => {
    const { code, stdout, stderr } = await assay(args);
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining(message)]);
  });

  it('refuses a misspelt gate and names it', async () => {
    const file = await gates('misspelt.json', { floor: { auc: 0.6 } });
    const { code, stderr } = await assay([...SCORES, '--gates', file]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('floor')]);
  });

  it('refuses a threshold outside [0, 1]', async () => {
    expect((await assay([...SCORES, '--threshold', '2'])).code).toBe(2);
  });
});
