import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import { monthly, setUps, table } from './monthly-cost.mjs';

describe('node scripts/monthly-cost.mjs', () => {
  it('prints what docs/operations.md says', () => {
    const told = readFileSync(new URL('../docs/operations.md', import.meta.url), 'utf8');
    expect(told).toContain(table(setUps.small));
    expect(told).toContain(table(setUps.large));
  });

  it('takes the sizes of the workers from those that the environments have', () => {
    const prod = readFileSync(new URL('../terraform/environments/prod/main.tf', import.meta.url), 'utf8');
    expect(prod).toMatch(/control += \{ cpu = 512, memory = 1024/);
    expect(prod).toMatch(/data += \{ cpu = 1024, memory = 2048/);
    expect(prod).toMatch(/training += \{ cpu = 2048, memory = 4096/);
    // Two control workers of 0.5 vCPU and 1 GB, 730 hours.
    const control = monthly(setUps.large).find(({ what }) => what === 'control workers');
    expect(control?.dollars).toBeCloseTo(2 * 730 * (0.5 * 0.04656 + 0.00511), 6);
  });

  it('stays below the budget of the environment that it describes', () => {
    for (const [environment, setUp] of [
      ['dev', setUps.small],
      ['prod', setUps.large],
    ] as const) {
      const text = readFileSync(
        new URL(`../terraform/environments/${environment}/main.tf`, import.meta.url),
        'utf8',
      );
      const budget = Number(/monthly_budget += (\d+)/.exec(text)?.[1]);
      const total = monthly(setUp).reduce((sum, { dollars }) => sum + dollars, 0);
      expect(total).toBeLessThan(budget);
    }
  });
});
