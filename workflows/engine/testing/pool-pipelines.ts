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

/** Has a turn in one pool, and by a task of its body takes one in another. */
export const nestedTurns = pipeline(
  { name: 'nestedTurns', params: () => z.object({ outer: z.string(), inner: z.string() }) },
  (run) => {
    const turn = (name: string) => taking.turn({ task: `${run.key}/${name}`, slots: 1 });
    run.task('outer', { pool: run.params.outer }, async () => {
      await turn('outer');
      await run.task('inner', { pool: run.params.inner }, () => turn('inner'));
    });
  },
);

/** Two at a time. */
export const limited = pipeline({ name: 'limited', maxActiveRuns: 2 }, (run) => {
  run.task('turn', () => taking.turn({ task: `${run.key}/turn`, slots: 1 }));
});

/** One at a time, unless it only waits. */
export const limitedWaiter = pipeline({ name: 'limitedWaiter', maxActiveRuns: 1 }, (run) => {
  const before = run.task('before', () => taking.turn({ task: `${run.key}/before`, slots: 1 }));
  const word = run.signal('word', { after: [before] });
  run.task('after', { after: [word] }, () => taking.turn({ task: `${run.key}/after`, slots: 1 }));
});

export const oneByOne = pipeline({ name: 'oneByOne', dependsOnPast: true }, (run) => {
  run.task('turn', () => taking.turn({ task: run.fireTime, slots: 1 }));
});

export const taskByTask = pipeline({ name: 'taskByTask' }, (run) => {
  const free = run.task('free', () => taking.turn({ task: `free ${run.fireTime}`, slots: 1 }));
  const bound = run.task('bound', { after: [free], dependsOnPast: true }, () =>
    taking.turn({ task: `bound ${run.fireTime}`, slots: 1 }),
  );
  run.task('last', { after: [bound] }, () => taking.turn({ task: `last ${run.fireTime}`, slots: 1 }));
});

export const newestOnly = pipeline({ name: 'newestOnly' }, async (run) => {
  const newest = run.latestOnly('newest');
  run.task('publish', { after: [newest] }, () => run.interval.end);
});
