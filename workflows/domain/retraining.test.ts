import { describe, expect, it } from 'vitest';

import { retrainingDue } from './retraining.ts';

const enough = (intervals: readonly string[]) => ({ intervals, rows: 1000, positives: 100 });

describe('retrainingDue', () => {
  it('waits while no labels have matured', () => {
    expect(
      retrainingDue({
        matured: { intervals: [], rows: 0, positives: 0 },
        championTrainedOn: undefined,
        everyIntervals: 3,
      }).due,
    ).toBe(false);
  });

  it('waits while either class is too small to be split', () => {
    const few = { intervals: ['2025-01-01'], rows: 5000, positives: 99 };
    expect(retrainingDue({ matured: few, championTrainedOn: undefined, everyIntervals: 3 }).due).toBe(false);
  });

  it('is due at once where there is no champion', () => {
    expect(
      retrainingDue({ matured: enough(['2025-01-01']), championTrainedOn: undefined, everyIntervals: 3 }),
    ).toEqual({
      due: true,
      reason: 'there is no champion',
    });
  });

  it('counts only intervals newer than the newest that the champion has seen', () => {
    const champion = ['2025-01-01', '2025-02-01'];
    const matured = [...champion, '2025-03-01', '2025-04-01'];
    expect(
      retrainingDue({ matured: enough(matured), championTrainedOn: champion, everyIntervals: 3 }).due,
    ).toBe(false);
    expect(
      retrainingDue({
        matured: enough([...matured, '2025-05-01']),
        championTrainedOn: champion,
        everyIntervals: 3,
      }).due,
    ).toBe(true);
  });
});
