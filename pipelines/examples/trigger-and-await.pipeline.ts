/** One pipeline starts another, waits for it, and goes on with what it returns. */
import { z } from 'zod';
import { pipeline } from '../../workflows/engine/pipeline.ts';
import { squares } from './squares.pipeline.ts';

export const squaresReport = pipeline(
  {
    name: 'squaresReport',
    params: () => z.object({ upTo: z.int().min(1).max(1000).default(3) }),
    maxActiveRuns: 4,
    tags: ['example'],
    description: 'has the squares added up by another pipeline, and reports the sum',
  },
  (run) => {
    const limit = run.task('limit', () => run.params.upTo);
    // A run of its own, with its own record; what it failed at is done again by the next try alone.
    const sum = run.child('sum', squares, (upTo) => ({ key: 'report', params: { upTo } }), {
      after: [limit],
      retries: { attempts: 2, delay: '10s' },
    });
    return run.task('report', { after: [limit, sum] }, (upTo, sum) => `squares up to ${upTo}: ${sum}`);
  },
);
