import { describe, expect, it } from 'vitest';
import { modelFields, modelFile } from '../testing/model-file.ts';
import { readModel } from '../xgboost/model.ts';
import { predictions } from '../xgboost/walker.ts';
import { toOnnx } from './from-xgboost.ts';
import { proveParity } from './parity.ts';
import { probeRows } from './probe-rows.ts';

const file = modelFile();
const model = readModel(file);
const side = { file, model, onnx: toOnnx(model) };
const batch = { matrix: probeRows(model, 500), rows: 500 };

describe('proveParity', () => {
  it('counts the rows of all batches', async () => {
    const parity = await proveParity(side, [batch, batch]);
    expect(parity.rows).toBe(1_000);
    expect(parity.maxAbsDiff).toBeLessThan(1e-6);
  });

  it('fails a graph of another model', async () => {
    const fields = modelFields();
    fields.learner.learner_model_param['base_score'] = '[5.1E-1]';
    const other = toOnnx(readModel(modelFile(fields)));
    await expect(proveParity({ ...side, onnx: other }, [batch])).rejects.toMatchObject({
      type: 'ParityFailed',
    });
  });

  it('fails where the trainer differs in one row of the last batch', async () => {
    let call = 0;
    const predict = (_: Uint8Array, matrix: Float32Array, rows: number) => {
      const answer = predictions(model, matrix, rows);
      if (++call === 2) answer[499]! += 2e-5;
      return answer;
    };
    await expect(proveParity(side, [batch, batch], predict)).rejects.toMatchObject({ type: 'ParityFailed' });
  });

  it.each([
    ['NaN', (rows: number) => new Float32Array(rows).fill(NaN)],
    ['too few answers', (rows: number) => new Float32Array(rows - 1)],
  ])('fails where the trainer answers %s', async (_, answer) => {
    const predict = (_file: Uint8Array, _matrix: Float32Array, rows: number) => answer(rows);
    await expect(proveParity(side, [batch], predict)).rejects.toMatchObject({ type: 'ParityFailed' });
  });

  it('fails without rows: nothing was proven', async () => {
    await expect(proveParity(side, [])).rejects.toMatchObject({ type: 'ParityFailed' });
  });
});

describe('probeRows', () => {
  it('stands on every threshold, on both sides of it, and on nothing', () => {
    const values = new Set(probeRows(model, 5_000));
    const expected = [0.5, Math.fround(0.5 - 2 ** -24), Math.fround(0.5 + 2 ** -24), 2, Number.NaN];
    for (const value of expected) expect(values.has(value)).toBe(true);
  });

  it('is the same for the same model', () => {
    expect(probeRows(model, 50)).toStrictEqual(probeRows(readModel(file), 50));
  });
});
