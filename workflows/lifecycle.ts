/** One interval of a project's life: its data, a planned retraining where one is due, its scores, and how the last ones did. */
import { z } from 'zod';

import type { EvaluationActivities, MonthlyPerformance } from '../activities/evaluation/contract.ts';
import type { ProjectActivities } from '../activities/project/contract.ts';
import type { RegistryActivities } from '../activities/registry/contract.ts';
import type { PinnedModel, Scored } from '../activities/scoring/contract.ts';
import type { TrainingActivities } from '../activities/training/contract.ts';
import type { GateVerdict } from './domain/gates.ts';
import { monthBefore } from './domain/month.ts';
import { retrainingDue, type RetrainingDecision } from './domain/retraining.ts';
import { activities } from './engine/activities.ts';
import { toFailure } from './engine/failures.ts';
import { pipeline } from './engine/pipeline.ts';
import { QUICK, TRAINING } from './engine/profiles.ts';
import type { Outcome } from './engine/references.ts';
import { medallion, type MedallionSummary } from './medallion.ts';
import { promotion } from './promotion.ts';
import { scoring } from './scoring.ts';
import { training } from './training.ts';

const projects = activities<ProjectActivities>('project', QUICK);
const registry = activities<RegistryActivities>('registry', QUICK);
const trainer = activities<TrainingActivities>('training', TRAINING);
const evaluation = activities<EvaluationActivities>('evaluation', TRAINING);

/** What an interval came to; what did not happen in it is absent. */
export interface LifecycleSummary {
  readonly rows: MedallionSummary['rows'];
  readonly retraining: RetrainingDecision;
  readonly challenger: PinnedModel | undefined;
  readonly gate: GateVerdict | undefined;
  readonly promoted: PinnedModel | undefined;
  readonly scored: Scored | undefined;
  /** Of the month before, whose labels are there now. */
  readonly lastMonth: MonthlyPerformance | undefined;
}

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
    const versions = run.task('versions', { after: [spec] }, async ({ model }) => ({
      champion: await registry.pinned({ model, alias: 'champion' }),
      newest: await registry.describeNewest({ model }),
    }));
    const due = run.task('retraining-due', { after: [spec, snapshot, versions] }, (spec, matured, versions) =>
      retrainingDue({
        matured,
        hasChampion: versions.champion !== null,
        lastTrainedOn: versions.newest?.trainedOn ?? [],
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
      (data) => ({ ...part, params: { project, features: must(data).tables.features } }),
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
      (data, due, challenger, promoted, scored, performance): LifecycleSummary => ({
        rows: must(data).rows,
        retraining: must(due),
        challenger: valueOf(challenger),
        gate: valueOf(promoted)?.verdict,
        promoted: valueOf(promoted)?.promoted ?? undefined,
        scored: valueOf(scored),
        lastMonth: valueOf(performance),
      }),
    );
  },
);

/** `none_failed` lets nothing but a success or a skip through, and these two are never skipped. */
function must<T>(outcome: Outcome<T>): T {
  if (outcome.state === 'success') return outcome.value;
  throw toFailure({
    type: 'NoValue',
    message: `a task without which there is nothing to sum up is ${outcome.state}`,
  });
}

function valueOf<T>(outcome: Outcome<T>): T | undefined {
  return outcome.state === 'success' ? outcome.value : undefined;
}
