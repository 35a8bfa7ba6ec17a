/**
 * Do-while: a model is trained again, each time from where the last one stood and for twice as long, until its loss on
 * held-out rows will do. Every turn is a row of its own (`fit[0]`, `fit[1]`, …) and maps over its folds
 * (`fold[0,2]` is the third fold of the first turn). `assay runs rerun ID --from 'fit[1]'` keeps the first turn.
 */
import { z } from 'zod';
import { valuesOf } from '../../workflows/domain/mapped.ts';
import { pipeline } from '../../workflows/engine/pipeline.ts';

/** What passes from turn to turn: small, as every result. */
interface Fit {
  readonly weight: number;
  readonly steps: number;
  /** Mean log loss over the held-out folds. */
  readonly loss: number;
}

const FOLDS = [0, 1, 2];
const RATE = 0.05;

export const retrainUntilGood = pipeline(
  {
    name: 'retrainUntilGood',
    description: 'a loop: trains on until the model is good enough',
    params: () => z.object({ loss: z.number().positive().default(0.45), turns: z.int().min(1).default(8) }),
    tags: ['example'],
  },
  (run) => {
    const { loss: wanted, turns } = run.params;
    const fit = run.loop(
      'fit',
      { until: ({ loss }: Fit) => loss <= wanted, max: turns },
      async (previous): Promise<Fit> => {
        const from = previous?.weight ?? 0;
        const steps = previous === undefined ? 2 : previous.steps * 2;
        const losses = run.map('fold', { over: FOLDS }, (fold) => {
          const weight = descend(
            from,
            rows((row) => row % FOLDS.length !== fold),
            steps,
          );
          return logLoss(
            weight,
            rows((row) => row % FOLDS.length === fold),
          );
        });
        const values = valuesOf(await losses);
        const loss = values.reduce((sum, one) => sum + one, 0) / values.length;
        return {
          weight: descend(
            from,
            rows(() => true),
            steps,
          ),
          steps,
          loss,
        };
      },
    );
    return run.task('register', { after: [fit] }, ({ weight, loss }) => ({ weight, loss }));
  },
);

interface Row {
  readonly x: number;
  readonly isEvent: boolean;
}

/** Thirty patients: the higher the score, the likelier the event; one in ten goes against it. */
function rows(isWanted: (row: number) => boolean): readonly Row[] {
  return Array.from({ length: 30 }, (_, row) => row)
    .filter(isWanted)
    .map((row) => ({ x: (row - 14.5) / 5, isEvent: row % 10 === 7 ? row < 15 : row >= 15 }));
}

/** Gradient descent of a logistic regression with one weight. */
function descend(from: number, learnt: readonly Row[], steps: number): number {
  let weight = from;
  for (let step = 0; step < steps; step += 1) {
    const gradient = learnt.reduce((sum, { x, isEvent }) => sum + (risk(weight, x) - Number(isEvent)) * x, 0);
    weight -= (RATE * gradient) / learnt.length;
  }
  return weight;
}

function logLoss(weight: number, judged: readonly Row[]): number {
  const losses = judged.map(({ x, isEvent }) => {
    const p = risk(weight, x);
    return -Math.log(isEvent ? p : 1 - p);
  });
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}

function risk(weight: number, x: number): number {
  return 1 / (1 + Math.exp(-weight * x));
}
