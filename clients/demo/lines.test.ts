import { describe, expect, it } from 'vitest';
import { notesOf } from './lines.ts';
import type { DemoMonth } from './report.ts';

const estimate = { value: 0.0001, low: -0.0067, high: 0.0069 };
const challenger = { version: 2, verdict: 'fail', promoted: false, auc: estimate, difference: estimate };

function note(change: Partial<NonNullable<DemoMonth['challenger']>>): string {
  const month: DemoMonth = {
    interval: { start: '2025-06-01T00:00:00Z', end: '2025-07-01T00:00:00Z' },
    run: 'lifecycle.readmission-2025-07-01T00:00:00Z',
    rows: { in: 1, duplicates: 0, quarantined: 0, excluded: 0, gold: 1 },
    predictions: 1,
    seconds: 1,
    challenger: { ...challenger, ...change },
  };
  return notesOf(month).join('\n').trim();
}

describe('notesOf', () => {
  const judged = 'trained v2: the gate says fail, AUC +0.0001 (−0.0067 to +0.0069)';

  it('says once that the gate said no, and who stays', () => {
    expect(note({ reason: 'the gate says fail' })).toBe(`${judged}; the champion stays`);
  });

  it('gives every other reason, and names a new champion', () => {
    expect(note({ reason: 'nobody has answered in time' })).toBe(`${judged}; nobody has answered in time`);
    expect(note({ verdict: 'pass', promoted: true })).toMatch(/the gate says pass.*; it is champion now$/);
  });
});
