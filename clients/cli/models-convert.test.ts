import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { convertFile } from '../../activities/scoring/convert-file.ts';
import { digestOf } from '../../activities/artefact.ts';
import { modelFields, modelFile } from '../../activities/scoring/testing/model-file.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { registerModelsConvert } from './models-convert.ts';
import { typed, type Said } from './testing/typed.ts';

let folder: string;

beforeAll(async () => {
  folder = await temporaryFolder('convert');
  await writeFile(join(folder, 'model.json'), modelFile());
});

function assay(
  args: readonly string[],
  convertModel = (file: Uint8Array) => convertFile(file),
): Promise<Said> {
  const paths = args.map((arg) => (arg.includes('.') ? join(folder, arg) : arg));
  return typed(registerModelsConvert, { convertModel }, ['convert', ...paths]);
}

describe('assay models convert', () => {
  it('writes the graph and says as JSON what it is', async () => {
    const { code, stdout } = await assay(['model.json', '-o', 'model.onnx', '--json']);
    const out = join(folder, 'model.onnx');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      objective: 'binary:logistic',
      booster: 'gbtree',
      trees: 2,
      features: 3,
      classes: 2,
      parity: { rows: 2_000, maxAbsDiff: expect.any(Number) },
      out,
      digest: digestOf(await readFile(out)),
    });
  });

  it('says for people on how many rows it was proven', async () => {
    const { stdout } = await assay(['model.json', '-o', 'people.onnx']);
    expect(stdout).toContain('proven on 2000 rows');
  });

  it('refuses what it can not convert with code 2 and writes nothing', async () => {
    const fields = modelFields();
    fields.learner.objective['name'] = 'survival:cox';
    await writeFile(join(folder, 'cox.json'), modelFile(fields));
    const { code, stderr } = await assay(['cox.json', '-o', 'cox.onnx']);
    expect(code).toBe(2);
    expect(stderr).toContain("'survival:cox'");
    await expect(readFile(join(folder, 'cox.onnx'))).rejects.toThrow('ENOENT');
  });

  it('ends with code 1 where the proof says no, and writes nothing', async () => {
    const wrong = (file: Uint8Array) => convertFile(file, (_, _matrix, rows) => new Float32Array(rows));
    const { code, stderr } = await assay(['model.json', '-o', 'wrong.onnx'], wrong);
    expect(code).toBe(1);
    expect(stderr).toContain('differ by');
    await expect(readFile(join(folder, 'wrong.onnx'))).rejects.toThrow('ENOENT');
  });

  it.each([
    ['a file that is not there', ['nothing.json', '-o', 'a.onnx'], "can't be read"],
    ['writing over the model', ['model.json', '-o', 'model.json'], 'is the model itself'],
  ])('refuses %s', async (_, args, message) => {
    const { code, stderr } = await assay(args);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });

  it('wants to be told where the graph goes', async () => {
    expect((await assay(['model.json'])).code).toBe(2);
  });
});
