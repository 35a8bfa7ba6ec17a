import { describe, expect, test } from 'vitest';
import { fieldFromText, fieldProblems, filled, type FormSpec } from './form.ts';

const FORM = {
  count: { type: 'integer', min: 0, max: 5, required: true },
  share: { type: 'number', default: 0.5 },
  sure: { type: 'boolean' },
  day: { type: 'date' },
  area: { type: 'choice', choices: ['north', 'south'] },
  note: { type: 'text', maxLength: 3 },
} as const satisfies FormSpec;

describe('fieldProblems', () => {
  test('has none with a form that is filled in as asked', () => {
    const given = { count: 5, share: -1.5, sure: false, day: '2024-02-29', area: 'north', note: 'abc' };
    expect(fieldProblems(FORM, given, { requireAll: true })).toEqual([]);
  });

  test.each<[string, unknown]>([
    ['count', 2.5],
    ['count', -1],
    ['count', '3'],
    ['share', Number.NaN],
    ['share', Infinity],
    ['sure', 'true'],
    ['day', '2023-02-29'],
    ['day', '2023-2-9'],
    ['area', 'east'],
    ['note', 'abcd'],
  ])('names %s where it is %j', (name, value) => {
    const problems = fieldProblems(FORM, { count: 1, [name]: value }, { requireAll: true });
    expect(problems).toEqual([expect.stringMatching(new RegExp(`^${name} must be`))]);
  });

  test('asks for what is required only where all is required', () => {
    expect(fieldProblems(FORM, {}, { requireAll: true })).toEqual([
      'count is missing: a whole number from 0 to 5',
    ]);
    expect(fieldProblems(FORM, { count: null }, { requireAll: false })).toEqual([]);
  });

  test('takes no field that is not in the form, whatever it is called', () => {
    const given = { count: 1, toString: 'x' };
    expect(fieldProblems(FORM, given, { requireAll: true })[0]).toMatch(
      /^toString is unknown; known are count/,
    );
  });
});

describe('filled', () => {
  test('has the defaults, and nothing where there is neither value nor default', () => {
    expect(filled(FORM, { count: 2 })).toEqual({ count: 2, share: 0.5 });
  });
});

describe('fieldFromText', () => {
  test('reads numbers and truth values, and leaves the rest for the form to refuse', () => {
    expect(fieldFromText(FORM.count, '3')).toBe(3);
    expect(fieldFromText(FORM.count, 'three')).toBe('three');
    expect(fieldFromText(FORM.share, '')).toBe('');
    expect(fieldFromText(FORM.sure, 'false')).toBe(false);
    expect(fieldFromText(FORM.note, '12')).toBe('12');
  });
});
