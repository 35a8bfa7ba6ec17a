import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatActivityId, labelledName, parseActivityId, taskLabel } from './activity-id.ts';

describe('activity IDs', () => {
  test('read as task, try and sequence', () => {
    expect(formatActivityId({ task: 'silver', try: 1, sequence: 3 })).toBe('silver/1/3');
    expect(formatActivityId({ task: 'score', index: [4, 2], try: 2, sequence: 9 })).toBe('score[4,2]/2/9');
    expect(taskLabel('score', [4])).toBe('score[4]');
  });

  test('name by the label of an item the task that it is one of', () => {
    expect(['silver', 'score[4]', 'clean[4,0]'].map(labelledName)).toEqual(['silver', 'score', 'clean']);
  });

  test('come back as they went', () => {
    const id = fc.record(
      {
        task: fc.string({ minLength: 1 }),
        index: fc.array(fc.nat(), { minLength: 1, maxLength: 3 }),
        try: fc.integer({ min: 1, max: 1000 }),
        sequence: fc.nat(),
      },
      { requiredKeys: ['task', 'try', 'sequence'] },
    );
    fc.assert(
      fc.property(id, (task) => {
        expect(parseActivityId(formatActivityId(task))).toEqual(task);
      }),
    );
  });

  test('of the engine itself belong to no task', () => {
    expect(parseActivityId('7')).toBeUndefined();
  });
});
