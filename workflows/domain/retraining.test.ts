import { describe, expect, it } from 'vitest';

import { retrainingDue } from './retraining.ts';

const enough = (intervals: readonly string[]) => ({ intervals, rows: 1000, positives: 100 });
const everyIntervals = 3;

describe('retrainingDue', () => {
  it('waits while no labels have matured', () => {
    const matured = { intervals: [], rows: 0, positives: 0 };
    expect(retrainingDue({ matured, hasChampion: false, lastTrainedOn: [], everyIntervals }).due).toBe(false);
  });

  it('waits while either class is too small to be split', () => {
    const matured = { intervals: ['2025-01-01'], rows: 5000, positives: 99 };
    expect(retrainingDue({ matured, hasChampion: false, lastTrainedOn: [], everyIntervals }).due).toBe(false);
  });

  it('is due at once where nothing has been trained', () => {
    const matured = enough(['2025-01-01']);
    expect(retrainingDue({ matured, hasChampion: false, lastTrainedOn: [], everyIntervals }).due).toBe(true);
  });

  it('tries again with the next labels where the first model was rejected', () => {
    const first = { hasChampion: false, lastTrainedOn: ['2025-01-01'], everyIntervals };
    expect(retrainingDue({ ...first, matured: enough(['2025-01-01']) }).due).toBe(false);
    expect(retrainingDue({ ...first, matured: enough(['2025-01-01', '2025-02-01']) }).due).toBe(true);
  });

  it('counts only intervals newer than the newest that the last version has seen', () => {
    const lastTrainedOn = ['2025-01-01', '2025-02-01'];
    const matured = [...lastTrainedOn, '2025-03-01', '2025-04-01'];
    const input = { hasChampion: true, lastTrainedOn, everyIntervals };
    expect(retrainingDue({ ...input, matured: enough(matured) }).due).toBe(false);
    expect(retrainingDue({ ...input, matured: enough([...matured, '2025-05-01']) })).toEqual({
      due: true,
      reason: '3 of 3 intervals have matured since the last training',
    });
  });
});
