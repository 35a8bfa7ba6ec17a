/** A pipeline without data: a map, a reduction, a branch that is skipped. What tests and newcomers start from. */
import { z } from 'zod';
import { valuesOf } from '../../workflows/domain/mapped.ts';
import { pipeline } from '../../workflows/engine/pipeline.ts';

export const squares = pipeline(
  {
    name: 'squares',
    description: 'a map, a reduction, a branch that is skipped',
    params: () => z.object({ upTo: z.int().min(1).max(1000).default(5) }),
    tags: ['example'],
  },
  async (run) => {
    const numbers = run.task('numbers', () => Array.from({ length: run.params.upTo }, (_, at) => at + 1));
    const squared = run.map('square', { over: numbers }, (number) => number * number);
    const sum = run.task('sum', { after: [squared] }, (mapped) =>
      valuesOf(mapped).reduce((a, b) => a + b, 0),
    );
    run.task('celebrate', { after: [sum] }, (total) => (total > 100 ? 'many' : run.skip(`only ${total}`)));
    return sum;
  },
);
