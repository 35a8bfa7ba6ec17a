/**
 * A condition with and, or and not, and a branch that is skipped. Conditions are TypeScript's own; that both branches are
 * tasks makes both stand in the graph and in the record, where the one that was not taken says why.
 */
import { z } from 'zod';
import { pipeline } from '../../workflows/engine/pipeline.ts';

const Params = () =>
  z.object({
    /** New rows since the last training. */
    rows: z.int().nonnegative().default(0),
    isHoliday: z.boolean().default(false),
    isForced: z.boolean().default(false),
  });

export const trainOrKeep = pipeline(
  {
    name: 'trainOrKeep',
    description: 'a condition, and a branch that is skipped',
    params: Params,
    tags: ['example'],
  },
  (run) => {
    const { rows, isHoliday, isForced } = run.params;
    const seen = run.task('look', () => ({ hasEnough: rows >= 100, isHoliday, isForced }));
    const decided = run.task(
      'decide',
      { after: [seen] },
      ({ hasEnough, ...day }) => (hasEnough && !day.isHoliday) || day.isForced,
    );

    const trained = run.task('train', { after: [decided] }, (isTime) =>
      isTime ? 'the new model' : run.skip(isHoliday ? 'it is a holiday' : `only ${rows} new rows`),
    );
    // Skipped along with what it comes after.
    run.task('announce', { after: [trained] }, (model) => `${model} is there`);
    const kept = run.task('keep', { after: [decided] }, (isTime) =>
      isTime ? run.skip('there is a new one') : 'the old model',
    );

    return run.task('serve', { after: [trained, kept], when: 'none_failed_min_one_success' }, (fresh, old) =>
      fresh.state === 'success' ? fresh.value : old.state === 'success' ? old.value : null,
    );
  },
);
