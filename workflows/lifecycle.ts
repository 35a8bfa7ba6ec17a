/** One interval of a project's life: its data, what the governor decides on it, its scores, and how these look. */
import { z } from 'zod';

import type { EvaluationActivities, MonthlyPerformance } from '../activities/evaluation/contract.ts';
import type { Answer, GovernanceActivities } from '../activities/governance/contract.ts';
import type { MonitoringActivities } from '../activities/monitoring/contract.ts';
import type { Scored } from '../activities/scoring/contract.ts';
import { monthBefore } from './domain/month.ts';
import { activities } from './engine/activities.ts';
import { toFailure } from './engine/failures.ts';
import { pipeline } from './engine/pipeline.ts';
import { FORGIVING, PATIENT, QUERY, TRAINING } from './engine/profiles.ts';
import type { Outcome } from './engine/references.ts';
import { medallion, type MedallionSummary } from './medallion.ts';
import { monitoring, type MonitoringSummary } from './monitoring.ts';
import { scoring } from './scoring.ts';
import { modelOfProject } from './model-of-project.ts';

const evaluation = activities<EvaluationActivities>('evaluation', TRAINING);
const monitor = activities<MonitoringActivities>('monitoring', QUERY);
const governors = activities<GovernanceActivities>('governance', PATIENT);

/** What an interval came to; what did not happen in it is absent. */
export interface LifecycleSummary {
  readonly rows: MedallionSummary['rows'];
  /** Before the interval was scored, with the labels that had matured by then. */
  readonly governed: Answer;
  readonly scored: Scored | undefined;
  readonly monitoring: MonitoringSummary | undefined;
  /** Of the month before, whose labels are there now. */
  readonly lastMonth: MonthlyPerformance | undefined;
}

export const lifecycle = pipeline(
  {
    name: 'lifecycle',
    description: 'one interval of a project from end to end: data, decision, scores, monitoring',
    retries: FORGIVING,
    params: () => z.object({ project: z.string().min(1) }),
    model: modelOfProject,
  },
  async (run) => {
    const { project } = run.params;
    const { interval } = run;
    const part = { key: project };

    const data = run.child('medallion', medallion, { ...part, params: { project } });
    const performance = run.task('performance', { after: [data] }, async () => {
      const asked = { project, interval: monthBefore(interval), asOf: interval.end };
      return (await evaluation.performance(asked)) ?? run.skip('no scored month has matured');
    });
    const recorded = run.task('record-performance', { after: [performance] }, (performance, { key }) =>
      monitor.recordPerformance({ project, performance, run: run.id, key }),
    );
    const governed = run.task('govern', { after: [data, recorded], when: 'none_failed' }, (...asked) =>
      governors.ask({ project, asOf: interval.end, wait: true, key: asked[2].key }),
    );
    // The interval is scored by whatever champion there is; that a retraining failed is told all the same.
    run.task('retraining', { after: [governed] }, ({ decision, retraining }) => {
      const none = decision.decision === 'retrain' ? 'it waits for a person' : 'none was decided on';
      if (retraining === undefined) return run.skip(none);
      if ('error' in retraining) throw toFailure({ type: 'RetrainingFailed', message: retraining.error });
      return { run: retraining.run, version: retraining.challenger.version };
    });
    const scored = run.child(
      'scoring',
      scoring,
      (data) => ({ ...part, params: { project, features: must(data).tables.features } }),
      { after: [data, governed], when: 'none_failed' },
    );
    const monitored = run.child(
      'monitoring',
      monitoring,
      ({ tables: { features } }, scored: Scored | undefined) => {
        const { predictions, model } = scored ?? run.skip('nothing has been scored');
        return { ...part, params: { project, features, predictions, model } };
      },
      { after: [data, scored] },
    );
    return run.task(
      'summary',
      { after: [data, governed, scored, monitored, performance], when: 'none_failed' },
      (data, governed, scored, monitored, performance): LifecycleSummary => ({
        rows: must(data).rows,
        governed: must(governed),
        scored: valueOf(scored),
        monitoring: valueOf(monitored),
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
