import fc from 'fast-check';
import { ApplicationFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { modelFields, modelFile, type ModelFields } from '../testing/model-file.ts';
import { writeUbjson, type Json } from '../testing/ubjson-writer.ts';
import { readModel } from './model.ts';
import { predictions } from './walker.ts';

const file = modelFile();

function fault(bytes: Uint8Array): { type: string | null | undefined; message: string } | undefined {
  try {
    readModel(bytes);
    return undefined;
  } catch (error) {
    if (!(error instanceof ApplicationFailure)) throw error;
    return { type: error.type, message: error.message };
  }
}

function changed(change: (fields: ModelFields) => void): Uint8Array {
  const fields = modelFields();
  change(fields);
  return modelFile(fields);
}

/** How reading and walking end. */
function outcome(bytes: Uint8Array): string | null | undefined {
  const found = fault(bytes);
  if (found !== undefined) return found.type;
  const model = readModel(bytes);
  const answer = predictions(model, new Float32Array(model.features), 1);
  return answer.length === model.groups ? 'walked' : 'answered too little';
}

/** First tree of the model. */
function tree(fields: ModelFields): Record<string, Json> {
  return (fields.learner.gradient_booster.model['trees'] as Record<string, Json>[])[0]!;
}

describe('readModel', () => {
  it('reads a model whose predictions can be worked out by hand', () => {
    const rows = new Float32Array([0, 0, 0, 1, 1, 1, 1, NaN, NaN, NaN, 5, 1]);
    const sigmoid = (margin: number) => Math.fround(1 / (1 + Math.exp(-margin)));
    expect(predictions(readModel(file), rows, 4)).toStrictEqual(
      Float32Array.of(sigmoid(-1.5), sigmoid(0.75), sigmoid(0.5), sigmoid(-0.5)),
    );
  });

  it.each<[string, Uint8Array, string]>([
    ['legacy binary', Buffer.from('binf\0\0\0\0'), 'legacy binary format'],
    ['an unknown objective', changed((it) => (it.learner.objective['name'] = 'rank:ndcg')), "'rank:ndcg'"],
    ['an unknown booster', changed((it) => (it.learner.gradient_booster.name = 'gbforest')), "'gbforest'"],
    [
      'leaves that are vectors',
      changed((it) => (tree(it)['tree_param'] = { num_nodes: '5', size_leaf_vector: '3' })),
      'multi_output_tree',
    ],
    ['a version before 1.0', changed((it) => (it.version[0] = 0)), 'XGBoost 0.x'],
  ])('refuses %s by name', (_, bytes, name) => {
    const found = fault(bytes);
    expect(found?.type).toBe('UnsupportedModel');
    expect(found?.message).toContain(name);
  });

  it.each<[string, Uint8Array]>([
    ['nothing', new Uint8Array()],
    ['a picture', Buffer.from('\x89PNG\r\n', 'latin1')],
    ['gzip', Buffer.from('\x1f\x8b\x08\0', 'latin1')],
    ['JSON that is no model', Buffer.from('{"a": 1}')],
    ['a list', Buffer.from('[1]')],
    ['a child that does not exist', changed((it) => (tree(it)['left_children'] = [9, -1, 3, -1, -1]))],
    ['a tree that goes round', changed((it) => (tree(it)['left_children'] = [1, -1, 0, -1, -1]))],
    ['a node with one child', changed((it) => (tree(it)['right_children'] = [2, -1, -1, -1, -1]))],
    ['a feature too many', changed((it) => (tree(it)['split_indices'] = [3, 0, 1, 0, 0]))],
    ['a list too short', changed((it) => (tree(it)['default_left'] = [1]))],
    ['a leaf that is no number', changed((it) => (tree(it)['split_conditions'] = [0.5, null, 2, 1, 1]))],
    ['categories that are missing', changed((it) => (tree(it)['split_type'] = [1, 0, 0, 0, 0]))],
    ['no trees', changed((it) => (it.learner.gradient_booster.model = { tree_info: [], trees: [] }))],
    ['a group too many', changed((it) => (it.learner.gradient_booster.model['tree_info'] = [0, 1]))],
    ['no base score', changed((it) => delete it.learner.learner_model_param['base_score'])],
    ['a base score of 1', changed((it) => (it.learner.learner_model_param['base_score'] = '[1E0]'))],
    ['an empty base score', changed((it) => (it.learner.learner_model_param['base_score'] = '[]'))],
    ['too many base scores', changed((it) => (it.learner.learner_model_param['base_score'] = '[0.5,0.5]'))],
  ])('refuses %s as invalid', (_, bytes) => {
    expect(fault(bytes)?.type).toBe('InvalidModel');
  });

  it('refuses JSON and UBJSON that were cut anywhere', () => {
    const ubjson = writeUbjson(modelFields() as unknown as Json, { counted: false, typed: false });
    for (const bytes of [file, ubjson]) {
      for (let length = 0; length < bytes.length; length++) {
        expect(fault(bytes.subarray(0, length))?.type).toBe('InvalidModel');
      }
    }
  });

  it('answers a changed byte with a model that can be walked or a typed refusal, never a crash', () => {
    const ubjson = writeUbjson(modelFields() as unknown as Json, { counted: false, typed: true });
    fc.assert(
      fc.property(fc.nat(ubjson.length - 1), fc.nat(255), (at, value) => {
        const bytes = Uint8Array.from(ubjson);
        bytes[at] = value;
        expect(outcome(bytes)).toMatch(/^(InvalidModel|UnsupportedModel|walked)$/);
      }),
      { numRuns: 1_000 },
    );
  });
});
