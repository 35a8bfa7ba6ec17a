import { describe, expect, it } from 'vitest';

import { createLogger } from './logger.ts';

describe('createLogger', () => {
  const lines: Record<string, unknown>[] = [];
  const logger = createLogger('json', (line) => lines.push(JSON.parse(line) as Record<string, unknown>));

  it('writes a line of JSON with the ids of what it is about', () => {
    logger.warn('slow', { workflowId: 'run-1', activityId: 'silver#1', attempt: 2 });
    expect(lines.at(-1)).toEqual({
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string,
      level: 'WARN',
      message: 'slow',
      workflowId: 'run-1',
      activityId: 'silver#1',
      attempt: 2,
    });
  });

  it('drops whatever else it is handed: rows, params and secrets have no place in a log', () => {
    logger.error('broken', { patient_nbr: 8222157, params: { token: 'secret-value' }, runId: 'r' });
    expect(JSON.stringify(lines.at(-1))).not.toMatch(/8222157|secret-value/);
    expect(lines.at(-1)).toMatchObject({ runId: 'r' });
  });

  it('warns of no queue without workflows: that is meant so', () => {
    const before = lines.length;
    logger.warn('No workflows registered, not polling for workflow tasks', { taskQueue: 'data' });
    expect(lines).toHaveLength(before);
  });

  it('tells an error with its stack', () => {
    logger.error('failed', { error: new RangeError('too far') });
    expect(lines.at(-1)).toMatchObject({ error: { name: 'RangeError', message: 'too far' } });
  });
});
