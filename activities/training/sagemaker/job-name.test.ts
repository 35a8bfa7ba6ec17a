import { describe, expect, it } from 'vitest';

import { jobName, turnOf } from './job-name.ts';

const order = { project: 'readmission', family: 'boosted', trial: 3 } as const;

describe('jobName', () => {
  it('says what the job is for, and is the same for the same key', () => {
    // sha256 of the key begins with these digits: the names of running jobs must never change.
    expect(jobName(order, 'run/1/train-boosted/3', 1)).toBe('readmission-boosted-3-eceee42092d7a3ac-1');
  });

  it('is one that SageMaker takes, whatever the project is called', () => {
    for (const project of ['_x__y_', 'ä', 'a'.repeat(100), '-', 'a-'.repeat(40)]) {
      const name = jobName({ ...order, project }, 'key', 12);
      expect(name).toMatch(/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/);
      expect(turnOf(name)).toBe(12);
    }
  });

  it('tells keys and turns apart, also where the words are cut off', () => {
    const long = { ...order, project: 'p'.repeat(80) };
    const names = [jobName(long, 'a', 1), jobName(long, 'b', 1), jobName(long, 'a', 2)];
    expect(new Set(names).size).toBe(3);
  });
});
