/** What the governor starts: a training, and the promotion of what came of it where the project's policy allows. */
import { z } from 'zod';

import type { PinnedModel } from '../activities/scoring/contract.ts';
import type { GateVerdict } from './domain/gates.ts';
import { pipeline } from './engine/pipeline.ts';
import { promotion } from './promotion.ts';
import { training } from './training.ts';
import { modelOfProject } from './model-of-project.ts';

export interface Retrained {
  readonly challenger: PinnedModel;
  readonly gate: GateVerdict;
  readonly promoted: PinnedModel | null;
  /** Why it was not promoted. */
  readonly reason?: string;
}

const Params = () =>
  z.object({
    project: z.string().min(1),
    /** What monitoring has warned of. */
    warnings: z.array(z.string()).default([]),
  });

export const retraining = pipeline(
  {
    name: 'retraining',
    description: 'a training, and the promotion of what came of it',
    params: Params,
    model: modelOfProject,
  },
  async (run): Promise<Retrained> => {
    const { project, warnings } = run.params;
    const part = { key: project };
    const challenger = run.child('training', training, { ...part, params: { project, report: false } });
    const promoted = run.child(
      'promotion',
      promotion,
      ({ version }) => ({ ...part, params: { project, version, automatic: true, warnings } }),
      { after: [challenger] },
    );
    const { verdict, ...outcome } = await promoted;
    return { challenger: await challenger, gate: verdict, ...outcome };
  },
);
