import { describe, expect, it } from 'vitest';

import { retrainingDue } from './retraining.ts';

describe('retrainingDue', () => {
  it('waits while no labels have matured', () => {
    expect(retrainingDue({ matured: [], championTrainedOn: undefined, everyIntervals: 3 }).due).toBe(false);
  });

  it('is due at once where there is no champion', () => {
    expect(
      retrainingDue({ matured: ['2025-01-01'], championTrainedOn: undefined, everyIntervals: 3 }),
    ).toEqual({
      due: true,
      reason: 'there is no champion',
    });
  });

  it('counts only intervals newer than the newest that the champion has seen', () => {
    const champion = ['2025-01-01', '2025-02-01'];
    const matured = [...champion, '2025-03-01', '2025-04-01'];
    expect(retrainingDue({ matured, championTrainedOn: champion, everyIntervals: 3 }).due).toBe(false);
    expect(
      retrainingDue({ matured: [...matured, '2025-05-01'], championTrainedOn: champion, everyIntervals: 3 })
        .due,
    ).toBe(true);
  });
});
