import { describe, expect, it } from 'vitest';
import { configFor } from '../../temporal.config.ts';
import { pipelines } from '../../workers/pipelines.ts';
import { declaredSchedules } from './declared.ts';

describe('the schedules of this project', () => {
  it.each(['development', 'staging', 'production'] as const)('are right in %s', (environment) => {
    const { schedules } = configFor(environment);
    expect(declaredSchedules({ schedules, pipelines })).toHaveLength(2);
    expect(schedules.map(({ paused = false }) => paused)).toEqual(
      schedules.map(() => environment === 'development'),
    );
  });
});
