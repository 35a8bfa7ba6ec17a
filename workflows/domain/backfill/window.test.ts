import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createRandom } from '../random.ts';
import type { PlannedRun } from './plan.ts';
import { BEGINNING, nextStep, withEnded, withPage, withStarted, type BackfillState } from './window.ts';

const leftOut = { done: 0, open: 0, unknownTasks: 0 };

function runAt(at: number): PlannedRun {
  const start = new Date(Date.UTC(2026, 0, 1, at)).toISOString();
  const end = new Date(Date.UTC(2026, 0, 1, at + 1)).toISOString();
  return { run: `hourly-${end}`, attempt: 1, interval: { start, end } };
}

interface Play {
  readonly state: BackfillState;
  readonly ending: 'finished' | 'cancelled';
  readonly started: readonly string[];
  readonly mostOpen: number;
  readonly largest: number;
}

/** Plays a backfill to its end: pages of any size, ends in any order and told twice, words of people in between. */
function play(options: { intervals: number; maxActive: number; seed: number; words: boolean }): Play {
  const { intervals, maxActive, seed, words } = options;
  const random = createRandom(String(seed));
  const below = (bound: number): number => Math.floor(random() * bound);
  const started: string[] = [];
  let state = BEGINNING;
  let next = 0;
  let mostOpen = 0;
  let largest = 0;
  for (;;) {
    if (words && random() < 0.2) state = { ...state, paused: { by: 'a person' } };
    else if (state.paused !== undefined) {
      const { paused: _resumed, ...others } = state;
      state = others;
    }
    mostOpen = Math.max(mostOpen, state.open.length);
    largest = Math.max(largest, JSON.stringify(state).length);
    const step = nextStep(state, maxActive);
    if (step.kind === 'end') return { state, ending: step.state, started, mostOpen, largest };
    if (step.kind === 'page') {
      const taken = Math.min(intervals - next, 1 + below(100));
      const runs = Array.from({ length: taken }, (_, at) => runAt(next + at));
      next += taken;
      const cursor = runs.at(-1)?.interval;
      state = withPage(state, {
        runs,
        leftOut,
        isExhausted: next === intervals,
        ...(cursor !== undefined && { cursor }),
      });
    } else if (step.kind === 'start') {
      started.push(...step.runs.map(({ run }) => run));
      state = withStarted(state, step.runs);
    } else if (step.kind === 'watch') {
      const ended = step.runs
        .filter(() => random() < 0.4)
        .map(({ run, attempt }) => ({ run, attempt, state: random() < 0.1 ? 'failed' : 'success' }) as const);
      state = withEnded(withEnded(state, ended), ended);
    }
  }
}

describe('nextStep', () => {
  it('starts every interval once, in order, and never has more open than it may', () => {
    fc.assert(
      fc.property(
        fc.record({
          intervals: fc.integer({ min: 1, max: 300 }),
          maxActive: fc.integer({ min: 1, max: 60 }),
          seed: fc.integer(),
          words: fc.boolean(),
        }),
        (options) => {
          const { started, mostOpen, ending, state } = play(options);
          const all = Array.from({ length: options.intervals }, (_, at) => runAt(at).run);
          expect(started).toEqual(all);
          expect(mostOpen).toBeLessThanOrEqual(options.maxActive);
          expect(ending).toBe('finished');
          const { success, failed } = state.counts.ended;
          expect(success + failed).toBe(options.intervals);
          expect(state.counts.started).toBe(options.intervals);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('carries no more at ten thousand intervals than fits a payload many times over', () => {
    const { largest, started } = play({ intervals: 10_000, maxActive: 100, seed: 1, words: false });
    expect(started).toHaveLength(10_000);
    expect(largest).toBeLessThan(64 * 1024);
  });

  it('rests when it is paused and nothing is open, and starts nothing while something is', () => {
    const ready = withPage(BEGINNING, { runs: [runAt(0), runAt(1)], leftOut, isExhausted: true });
    const paused = { paused: { by: 'somebody' } };
    expect(nextStep({ ...ready, ...paused }, 1)).toEqual({ kind: 'rest' });
    const one = withStarted(ready, [runAt(0)]);
    expect(nextStep({ ...one, ...paused }, 2)).toMatchObject({ kind: 'watch', runs: [runAt(0)] });
    expect(nextStep(one, 2)).toEqual({ kind: 'start', runs: [runAt(1)] });
  });

  it('ends when all has been done, paused or not', () => {
    const paused = { paused: { by: 'somebody' } };
    const last = withStarted(withPage(BEGINNING, { runs: [runAt(0)], leftOut, isExhausted: true }), [
      runAt(0),
    ]);
    expect(nextStep({ ...last, ...paused }, 1).kind).toBe('watch');
    const done = withEnded({ ...last, ...paused }, [{ run: runAt(0).run, attempt: 1, state: 'success' }]);
    expect(nextStep(done, 1)).toEqual({ kind: 'end', state: 'finished' });
    expect(nextStep({ ...done, isExhausted: false }, 1)).toEqual({ kind: 'rest' });
  });

  it('waits for what is open when it is cancelled, and stops it only when that was asked for, once', () => {
    const open = withStarted(
      withPage(BEGINNING, { runs: [runAt(0), runAt(1)], leftOut, isExhausted: false }),
      [runAt(0)],
    );
    const cancelled = { ...open, cancelled: { by: 'somebody', runs: false } };
    expect(nextStep(cancelled, 4).kind).toBe('watch');
    const withRuns = { ...open, cancelled: { by: 'somebody', runs: true } };
    expect(nextStep(withRuns, 4).kind).toBe('stop');
    expect(nextStep({ ...withRuns, isStopped: true }, 4).kind).toBe('watch');
    const over = withEnded(withRuns, [{ run: runAt(0).run, attempt: 1, state: 'cancelled' }]);
    expect(nextStep(over, 4)).toEqual({ kind: 'end', state: 'cancelled' });
  });

  it('keeps the newest that did not succeed', () => {
    const runs = Array.from({ length: 50 }, (_, at) => runAt(at));
    const open = withStarted(withPage(BEGINNING, { runs, leftOut, isExhausted: true }), runs);
    const ended = withEnded(
      open,
      runs.map(({ run, attempt }) => ({ run, attempt, state: 'failed' })),
    );
    expect(ended.counts.ended.failed).toBe(50);
    expect(ended.troubled.map(({ run }) => run)).toEqual(runs.slice(30).map(({ run }) => run));
  });
});
