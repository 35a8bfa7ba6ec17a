/** One interval of a project's life: its data, a planned retraining where one is due, its scores, and how the last ones did. */
import { z } from 'zod';

import type { EvaluationActivities } from '../activities/evaluation/contract.ts';
import type { ProjectActivities } from '../activities/project/contract.ts';
import type { RegistryActivities } from '../activities/registry/contract.ts';
import type { TrainingActivities } from '../activities/training/contract.ts';
import { monthBefore } from './domain/month.ts';
import { retrainingDue } from './domain/retraining.ts';
import { activities } from './engine/activities.ts';
import { pipeline } from './engine/pipeline.ts';
import { QUICK, TRAINING } from './engine/profiles.ts';
import type { Outcome } from './engine/references.ts';
import { medallion } from './medallion.ts';
import { promotion } from './promotion.ts';
import { scoring } from './scoring.ts';
import { training } from './training.ts';

const projects = activities<ProjectActivities>('project', QUICK);
const registry = activities<RegistryActivities>('registry', QUICK);
const trainer = activities<TrainingActivities>('training', TRAINING);
const evaluation = activities<EvaluationActivities>('evaluation', TRAINING);

export const lifecycle = pipeline(
  { name: 'lifecycle', params: () => z.object({ project: z.string().min(1) }) },
  async (run) => {
    const { project } = run.params;
    const part = { key: project };

    const data = run.child('medallion', medallion, { ...part, params: { project } });
    const spec = run.task('spec', () => projects.spec({ project }));
    const snapshot = run.task('snapshot', { after: [data] }, () =>
      trainer.snapshot({ project, asOf: run.interval.end }),
    );
    const champion = run.task('champion', { after: [spec] }, ({ model }) =>
      registry.describeAlias({ model, alias: 'champion' }),
    );
    const due = run.task(
      'retraining-due',
      { after: [spec, snapshot, champion] },
      (spec, { intervals }, champion) =>
        retrainingDue({
          matured: intervals,
          championTrainedOn: champion?.trainedOn,
          everyIntervals: spec.training.everyIntervals,
        }),
    );
    const trained = run.task('retrain', { after: [due] }, ({ due, reason }) =>
      due ? true : run.skip(reason),
    );
    const challenger = run.child(
      'training',
      training,
      { ...part, params: { project } },
      { after: [trained] },
    );
    const promoted = run.child(
      'promotion',
      promotion,
      ({ version }) => ({ ...part, params: { project, version } }),
      { after: [challenger] },
    );
    const scored = run.child(
      'scoring',
      scoring,
      ({ tables }) => ({ ...part, params: { project, features: tables.features } }),
      { after: [data, promoted], when: 'none_failed' },
    );
    const performance = run.task('performance', { after: [scored] }, (scored) =>
      scored
        ? evaluation.performance({
            project,
            interval: monthBefore(run.interval),
            predictions: scored.predictions,
            asOf: run.interval.end,
          })
        : run.skip('nothing has been scored yet'),
    );
    return run.task(
      'summary',
      { after: [data, due, challenger, promoted, scored, performance], when: 'none_failed' },
      (data, due, challenger, promoted, scored, performance) => ({
        rows: valueOf(data)?.rows,
        retraining: valueOf(due),
        challenger: valueOf(challenger),
        gate: valueOf(promoted)?.verdict,
        promoted: valueOf(promoted)?.promoted,
        scored: valueOf(scored),
        lastMonth: valueOf(performance),
      }),
    );
  },
);

function valueOf<T>(outcome: Outcome<T>): T | undefined {
  return outcome.state === 'success' ? outcome.value : undefined;
}
