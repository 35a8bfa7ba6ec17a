import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { ovarian } from '../../workflows/domain/testing/ovarian.ts';
import { referenceSample } from '../../workflows/domain/testing/samples.ts';
import { createDuckDB } from '../lake/duckdb.ts';
import { openTableFile } from '../lake/table-file.ts';
import type { DuckDB } from '../lake/contract.ts';
import type { EvaluatedClasses, EvaluatedScores, ScoreFileRequest } from './contract.ts';
import { evaluateFile } from './evaluate-file.ts';

const OBESITY = fileURLToPath(new URL('../../../shared/data/obesity.csv', import.meta.url));
const GOOD = ['1,0.9', '0,0.2', '1,0.4', '0,0.1'];

let folder: string;
let duckdb: DuckDB;

beforeAll(async () => {
  folder = await temporaryFolder('evaluate-file');
  duckdb = createDuckDB({ memoryLimit: '200MB', threads: 2, tempDirectory: join(folder, 'temp') });
});

type Options = Partial<Omit<ScoreFileRequest, 'file'>>;

async function evaluate(file: string, options: Options = {}) {
  const request = { file, label: 'y', scores: ['s'], slices: [], threshold: 0.5, ...options };
  return evaluateFile({ duckdb, openFile: openTableFile }, request);
}

async function written(content: string | Uint8Array): Promise<string> {
  const file = join(folder, `${crypto.randomUUID()}.csv`);
  await writeFile(file, content);
  return file;
}

async function csv(header: string, rows: readonly string[]): Promise<string> {
  return written([header, ...rows, ''].join('\n'));
}

async function parquet(query: string): Promise<string> {
  const file = join(folder, `${crypto.randomUUID()}.parquet`);
  await duckdb.session((session) => session.run(`COPY (${query}) TO '${file}' (FORMAT parquet)`));
  return file;
}

async function scoresOf(file: string, options: Options = {}): Promise<EvaluatedScores> {
  const found = await evaluate(file, options);
  if (found.kind !== 'binary') throw new Error('several classes were found');
  return found;
}

async function classesOf(file: string, options: Options): Promise<EvaluatedClasses> {
  const found = await evaluate(file, options);
  if (found.kind !== 'multi-class') throw new Error('one score was found');
  return found;
}

describe('evaluateFile', () => {
  it('finds the same in CSV of any delimiter, packed or not, and in Parquet', async () => {
    const { labels, tied } = referenceSample();
    const rows = labels.map((label, row) => `${label},${tied[row]}`);
    const comma = await csv('y,s', rows);
    const expected = await scoresOf(comma);
    expect(expected.auc.value).toBeCloseTo(0.8256564786913474, 12);
    const semicolon = await csv(
      'y;s',
      rows.map((row) => row.replace(',', ';')),
    );
    const quoted = await csv(
      '\uFEFF"y"\t"s"',
      rows.map((row) => row.replace(',', '\t')),
    );
    const packed = await written(gzipSync(['y,s', ...rows].join('\r\n')));
    const columnar = await parquet(`FROM read_csv('${comma}')`);
    const wide = await parquet(`SELECT y > 0 AS y, CAST(s AS DECIMAL(9, 6)) AS s FROM read_csv('${comma}')`);
    for (const file of [semicolon, quoted, packed, columnar, wide])
      expect(await scoresOf(file)).toEqual(expected);
  });

  it('equals the published example of DeLong, DeLong and Clarke-Pearson (1988)', async () => {
    const { labels, totalProtein, kgScore } = ovarian;
    const rows = labels.map((label, row) => `${label},${totalProtein[row]},${kgScore[row]}`);
    const { auc, difference } = await scoresOf(await csv('y,s,kg', rows), { champion: 'kg' });
    // SAS/STAT's user's guide: 0.6478, χ² 0.5554, p 0.4561; further digits by the direct formula in numpy 2.4.6
    expect(auc.value).toBeCloseTo(0.6478494623655914, 12);
    expect(difference?.auc.z).toBeCloseTo(-0.7452183896579938, 12);
    expect(difference?.auc.pValue).toBeCloseTo(0.4561397075074729, 12);
  });

  it('takes rows of one group together and finds the same every time', async () => {
    const { labels, tied, distinct } = referenceSample();
    const rows = labels.map(
      (label, row) => `${label},${tied[row]},${distinct[row]},p${(row + 1) ** 2 % 131}`,
    );
    const file = await csv('y,s,t,patient', rows);
    const options = { champion: 't', group: 'patient' };
    const found = await scoresOf(file, options);
    // As in the tests of the domain: Obuchowski (1997) by the direct formula
    expect(found.difference?.auc.standardError).toBeCloseTo(0.042942332456310704, 12);
    expect(found.groups).toBe(66);
    expect(await scoresOf(file, options)).toEqual(found);
  });

  it('judges slices, those without a value among them', async () => {
    const rows = GOOD.flatMap((row) => [`${row},b`, `${row},`, `${row},a`]);
    const { slices } = await scoresOf(await csv('y,s,side', rows), { slices: ['side'] });
    expect(slices.map(({ group, rows: count }) => [group, count])).toEqual([
      ['a', 4],
      ['b', 4],
      ['missing', 4],
    ]);
  });

  it('takes one label of several for the positive one', async () => {
    const file = await csv('y,s', ['<30,0.9', 'NO,0.2', '<30,0.4', '>30,0.1']);
    expect(await scoresOf(file, { positive: '<30' })).toMatchObject({ positives: 2, auc: { value: 1 } });
  });

  it('reads names of columns that SQL would take for something else', async () => {
    const file = await csv('"select ""y""",from', GOOD);
    expect(await scoresOf(file, { label: 'select "y"', scores: ['from'] })).toMatchObject({ rows: 4 });
  });

  it.each([
    ['text', ['1,high', ...GOOD], "s: 1 of 5 values are no numbers, the first in row 1 ('high')"],
    ['a decimal comma', ['1,"0,5"', ...GOOD], "are no numbers, the first in row 1 ('0,5')"],
    ['digits with a gap', [...GOOD, '1,0_1'], "are no numbers, the first in row 5 ('0_1')"],
    ['nothing', [...GOOD, '1,', '0,'], 's: 2 of 6 values are missing, the first in row 5'],
    ['NaN', [...GOOD, '1,NaN'], 's: 1 of 5 values are NaN, the first in row 5'],
    ['infinity', [...GOOD, '1,inf'], "lie outside [0, 1], the first in row 5 ('inf')"],
    ['a score above 1', [...GOOD, '1,1.5'], "lie outside [0, 1], the first in row 5 ('1.5')"],
    ['a score below 0', [...GOOD, '1,-0.5'], "lie outside [0, 1], the first in row 5 ('-0.5')"],
    ['no label', [...GOOD, ',0.5'], 'y: 1 of 5 values are missing, the first in row 5'],
    ['a third label', [...GOOD, '2,0.5'], "labels must be 0 and 1, and its values are '0', '1', '2'"],
    ['one class', ['0,0.5', '0,0.1', '0,0.2'], 'one class only'],
    ['no rows', [], 'it has no rows'],
  ])('has no figure but the reason for %s', async (_, rows, reason) => {
    await expect(evaluate(await csv('y,s', rows))).rejects.toMatchObject({
      type: 'InvalidScores',
      message: expect.stringContaining(reason),
    });
  });

  it('names all that is wrong at once', async () => {
    const file = await csv('y,s,t', ['1,x,0.5', '0,0.5,2', ',,']);
    await expect(evaluate(file, { champion: 't' })).rejects.toThrow(
      /y: 1 of 3.*s: 1 of 3.*s: 1 of 3.*t: 1 of 3/,
    );
  });

  it('has no figure but the reason for NULL and NaN in Parquet', async () => {
    const file = await parquet(
      `SELECT range % 2 AS y, CASE range WHEN 1 THEN NULL WHEN 2 THEN 'NaN'::FLOAT ELSE 0.5 END AS s FROM range(4)`,
    );
    await expect(evaluate(file)).rejects.toThrow(
      /1 of 4 values are missing, the first in row 2; .* NaN, the first in row 3/,
    );
  });

  it.each([
    ['one class only', ['1,0.5', '1,0.1'], '2 positives and 0 negatives'],
    ['a single positive', ['1,0.5', '0,0.1', '0,0.2'], '1 positives and 2 negatives'],
  ])('has no metrics for %s', async (_, rows, reason) => {
    await expect(evaluate(await csv('y,s', rows))).rejects.toMatchObject({
      type: 'UndefinedMetric',
      message: expect.stringContaining(reason),
    });
  });

  it('refuses a column whose name stands twice, and one that is not there, listing what is', async () => {
    await expect(evaluate(await csv('y,s,s', ['1,0.1,0.9']))).rejects.toThrow('the column s more than once');
    await expect(evaluate(await csv('y,S', GOOD))).rejects.toMatchObject({
      type: 'MissingColumn',
      message: expect.stringContaining('has no column s. Its columns are: y, S'),
    });
  });

  it.each([
    ['an empty file', '', 'it is empty'],
    ['a ragged line', 'y,s\n1,0.5\n0\n', 'line 3 has 1 field where the header has 2'],
    ['a ragged line far down', `y,s\n${'1,0.5\n'.repeat(30_000)}0,0.1,0.2\n`, 'line 30002 has more'],
    [
      'a packed file that was cut off',
      gzipSync(`y,s\n${GOOD.join('\n')}`).subarray(0, 30),
      'ends in the middle of its gzip data',
    ],
    ['a Parquet file that was cut off', 'PAR1 and no more', "can't be read"],
  ])('refuses %s', async (_, content, reason) => {
    await expect(evaluate(await written(content))).rejects.toMatchObject({
      type: 'UnreadableFile',
      message: expect.stringContaining(reason),
    });
  });

  it('refuses a folder and a file that is not there', async () => {
    await expect(evaluate(folder)).rejects.toThrow('it is a folder');
    await expect(evaluate(join(folder, 'none.csv'))).rejects.toMatchObject({ type: 'UnreadableFile' });
  });
});

describe('evaluateFile on several classes', () => {
  const rows = ['a,0.7,0.2,0.1', 'b,0.3,0.6,0.1', 'c,0.2,0.2,0.6', 'c,0.1,0.5,0.4', 'b,0.25,0.25,0.5'];

  it.each([
    ['named after them', 'y,a,b,c', ['a', 'b', 'c'], undefined],
    ['with a common beginning', 'y,p_a,p_b,p_c', ['p_a', 'p_b', 'p_c'], undefined],
    ['in any order', 'y,p_a,p_b,p_c', ['p_c', 'p_a', 'p_b'], undefined],
    ['by the order that is told', 'y,one,two,three', ['one', 'two', 'three'], ['a', 'b', 'c']],
  ])('finds the classes of columns %s', async (_, header, scores, classes) => {
    const found = await classesOf(await csv(header, rows), { scores, ...(classes && { classes }) });
    expect(found.confusion).toEqual({
      labels: ['a', 'b', 'c'],
      matrix: [
        [1, 0, 0],
        [0, 1, 1],
        [0, 1, 1],
      ],
    });
  });

  it('takes whole numbers written as fractions for the same class', async () => {
    const file = await parquet(`SELECT range % 3 AS y, CAST(range % 3 AS DOUBLE) AS guess FROM range(30)`);
    const found = await classesOf(file, { scores: [], predicted: 'guess' });
    expect([found.accuracy, found.confusion.labels]).toEqual([1, ['0', '1', '2']]);
  });

  it('refuses probabilities that do not sum to 1, and columns that tell no class', async () => {
    const scores = ['a', 'b', 'c'];
    const file = await csv('y,a,b,c', [...rows, 'a,0.5,0.4,0.2']);
    await expect(evaluate(file, { scores })).rejects.toThrow(
      /1 of 6 rows do not sum to 1, the first in row 6/,
    );
    await expect(evaluate(await csv('y,a,b,d', rows), { scores: ['a', 'b', 'd'] })).rejects.toThrow(
      '--classes',
    );
    const one = await csv('y,a,b', ['a,0.5,0.5', 'a,0.4,0.6']);
    await expect(evaluate(one, { scores: ['a', 'b'] })).rejects.toThrow("one class only, 'a'");
  });

  it('equals scikit-learn on the public obesity file', async (context) => {
    if (!existsSync(OBESITY)) return context.skip('../shared/data/obesity.csv is absent');
    const found = await classesOf(await obesityScores(), {
      scores: Object.keys(CENTRES).map((label) => `p_${label}`),
    });
    // scikit-learn 1.9.1: accuracy_score, f1_score, log_loss, roc_auc_score of each class against the rest
    expect(found.accuracy).toBeCloseTo(0.8900994789199431, 9);
    expect(found.macroF1).toBeCloseTo(0.8872838238996096, 9);
    expect(found.weightedF1).toBeCloseTo(0.8890585494744557, 9);
    expect(found.logLoss).toBeCloseTo(0.45825864250269954, 9);
    expect(found.perClass.map(({ auc }) => auc)).toEqual(
      [
        0.9998940440776638, 0.9986704566293784, 0.9973128723128724, 0.9855111200204916, 0.9966320545503534,
        0.9941354693328788, 0.9946581075195516,
      ].map((auc) => expect.closeTo(auc, 9)),
    );
    expect(found.confusion.matrix[1]).toEqual([36, 192, 0, 0, 0, 59, 0]);
  });
});

/** Body mass index in the middle of each class. */
const CENTRES = {
  Insufficient_Weight: 17,
  Normal_Weight: 22,
  Obesity_Type_I: 32.5,
  Obesity_Type_II: 37.5,
  Obesity_Type_III: 42,
  Overweight_Level_I: 26,
  Overweight_Level_II: 28.5,
};

/** A softmax of half the distance of the body mass index to the class's middle, below nought. */
async function obesityScores(): Promise<string> {
  const weights = Object.entries(CENTRES).map(
    ([label, centre]) =>
      `exp(-abs(CAST(Weight AS DOUBLE) / CAST(Height AS DOUBLE) ** 2 - ${centre}) / 2) AS w_${label}`,
  );
  const names = Object.keys(CENTRES);
  const total = names.map((label) => `w_${label}`).join(' + ');
  const shares = names.map((label) => `w_${label} / (${total}) AS p_${label}`);
  return parquet(
    `SELECT NObeyesdad AS y, ${shares.join(', ')}
     FROM (SELECT *, ${weights.join(', ')} FROM read_csv('${OBESITY}'))`,
  );
}
