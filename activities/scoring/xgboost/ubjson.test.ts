import fc from 'fast-check';
import { ApplicationFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { modelFields } from '../testing/model-file.ts';
import { writeUbjson, type Form, type Json } from '../testing/ubjson-writer.ts';
import { readUbjson } from './ubjson.ts';

const forms = fc.record<Form>({ counted: fc.boolean(), typed: fc.boolean() });
const values = fc.jsonValue({ maxDepth: 4, depthSize: 'medium' }) as fc.Arbitrary<Json>;
const model = writeUbjson(modelFields() as unknown as Json, { counted: false, typed: true });

/** As JSON would have it: typed arrays as lists, objects with a prototype. */
function plain(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, item: unknown) =>
      ArrayBuffer.isView(item) ? Array.from(item as unknown as ArrayLike<number>) : item,
    ),
  );
}

function fault(bytes: Uint8Array): unknown {
  try {
    readUbjson(bytes);
    return undefined;
  } catch (error) {
    return error instanceof ApplicationFailure ? error.type : error;
  }
}

describe('readUbjson', () => {
  it('reads back whatever was written, in every form', () => {
    fc.assert(
      fc.property(values, forms, (value, form) => {
        expect(plain(readUbjson(writeUbjson(value, form)))).toStrictEqual(plain(value));
      }),
    );
  });

  it('keeps a key called __proto__ as a key', () => {
    const read = readUbjson(Buffer.from('{i\x09__proto__Z}', 'latin1'));
    expect(Object.keys(read as object)).toEqual(['__proto__']);
  });

  it('reads float32 lists big-endian', () => {
    const bytes = Buffer.from([0x5b, 0x24, 0x64, 0x23, 0x69, 2, 0x3f, 0x80, 0, 0, 0xc0, 0x20, 0, 0]);
    expect(readUbjson(bytes)).toStrictEqual(new Float32Array([1, -2.5]));
  });

  it('refuses a file that was cut anywhere', () => {
    for (let length = 0; length < model.length; length++) {
      expect(fault(model.subarray(0, length))).toBe('InvalidModel');
    }
  });

  it('refuses a file with something after its end', () => {
    expect(fault(Buffer.concat([model, Buffer.from('Z')]))).toBe('InvalidModel');
  });

  it('never fails in another way, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect([undefined, 'InvalidModel']).toContain(fault(bytes));
      }),
      { numRuns: 2_000 },
    );
  });

  it('refuses a list that promises more than the file holds without taking the memory', () => {
    const promise = Buffer.from([0x5b, 0x24, 0x54, 0x23, 0x6c, 0x7f, 0xff, 0xff, 0xff]);
    expect(fault(promise)).toBe('InvalidModel');
  });
});
