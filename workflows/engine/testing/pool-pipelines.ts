/** Pipelines whose tasks take turns. */
import { z } from 'zod';
import { activities } from '../activities.ts';
import { pipeline } from '../pipeline.ts';
import { QUICK } from '../profiles.ts';

interface TurnActivities {
  /** As long as the test says. */
  turn(input: { task: string; slots: number }): Promise<string>;
}

const taking = activities<TurnActivities>('taking', QUICK);

/** As many free tasks as asked for, all in one pool. */
export const crowd = pipeline(
  {
    name: 'crowd',
    params: () =>
      z.object({
        tasks: z.int().default(1),
        pool: z.string().default('narrow'),
        slots: z.int().default(1),
        priority: z.int().default(0),
      }),
  },
  (run) => {
    const { tasks, slots, priority } = run.params;
    const pool = { name: run.params.pool, slots, priority };
    for (let at = 0; at < tasks; at += 1) {
      run.task(`turn-${at}`, { pool }, ({ name }) => taking.turn({ task: `${run.key}/${name}`, slots }));
    }
  },
);

/** The same with a history that soon grows too long. */
export const shortCrowd = pipeline(
  { name: 'shortCrowd', continueAfterEvents: 60, params: () => z.object({ tasks: z.int() }) },
  (run) => {
    for (let at = 0; at < run.params.tasks; at += 1) {
      run.task(`turn-${at}`, { pool: 'narrow' }, ({ name }) =>
        taking.turn({ task: `${run.key}/${name}`, slots: 1 }),
      );
    }
  },
);

export const poolMap = pipeline(
  { name: 'poolMap', params: () => z.object({ items: z.int() }) },
  async (run) => {
    const items = Array.from({ length: run.params.items }, (_, at) => at);
    await run.map('item', { over: items, pool: 'narrow' }, (item) =>
      taking.turn({ task: `${run.key}/${item}`, slots: 1 }),
    );
  },
);

/** Fails once, and takes its turn again. */
export const retriedTurn = pipeline({ name: 'retriedTurn' }, (run) => {
  run.task('twice', { pool: 'narrow', retries: { attempts: 2, delay: '10ms' } }, ({ try: tries }) =>
    taking.turn({ task: `${run.key}/try-${tries}`, slots: 1 }),
  );
});

export const limited = pipeline({ name: 'limited', maxActiveRuns: 2 }, async (run) =>
  run.task('turn', () => taking.turn({ task: `${run.key}/turn`, slots: 1 })),
);
