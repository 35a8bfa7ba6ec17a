import { describe, expect, it } from 'vitest';

import { createTestLogger } from './test-runtime.ts';

describe('createTestLogger', () => {
  const written: string[] = [];
  const logger = createTestLogger({ expects: [/^Failing workflow task/] }, (line) => written.push(line));
  const core = { sdkComponent: 'core' };

  it('writes what the native part warns of', () => {
    logger.warn('gRPC call retried 5 times', { ...core, error: 'connection closed' });
    logger.error('Worker failed', core);
    expect(written.splice(0)).toEqual([
      'WARN gRPC call retried 5 times connection closed',
      'ERROR Worker failed',
    ]);
  });

  it('keeps back what tests provoke all the time: failing activities, tasks of runs that are over', () => {
    logger.warn('Activity failed', { sdkComponent: 'activity', error: new Error('as planned') });
    logger.warn('Activity not found on completion. This may happen.', core);
    logger.info('Worker state changed', { sdkComponent: 'worker' });
    expect(written).toEqual([]);
  });

  it('keeps back what a test says that it provokes', () => {
    logger.warn('Failing workflow task', core);
    expect(written).toEqual([]);
  });
});
