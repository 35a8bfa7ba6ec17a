/** A pinned snapshot, candidates in parallel, the best one proven as ONNX, evaluated and registered as challenger. */
import { z } from 'zod';

import type { EvaluationActivities } from '../activities/evaluation/contract.ts';
import type { MonitoringActivities } from '../activities/monitoring/contract.ts';
import type { ProjectActivities } from '../activities/project/contract.ts';
import type { RegistryActivities } from '../activities/registry/contract.ts';
import type { ReportActivities } from '../activities/reports/contract.ts';
import type { ScoringActivities } from '../activities/scoring/contract.ts';
import type { Candidate, Family, TrainingActivities } from '../activities/training/contract.ts';
import type { JobActivities } from '../activities/training/sagemaker/contract.ts';
import { selectCandidate } from './domain/selection.ts';
import { activities } from './engine/activities.ts';
import { toFailure } from './engine/failures.ts';
import { pipeline } from './engine/pipeline.ts';
import { FORGIVING, QUICK, TRAINING } from './engine/profiles.ts';
import { searchFamily } from './search.ts';
import { modelOfProject } from './model-of-project.ts';

const projects = activities<ProjectActivities>('project', QUICK);
const registry = activities<RegistryActivities>('registry', QUICK);
const jobs = activities<JobActivities>('jobs', QUICK);
const data = activities<TrainingActivities>('training', TRAINING);
const scoring = activities<ScoringActivities>('scoring', TRAINING);
const evaluation = activities<EvaluationActivities>('evaluation', TRAINING);
const reports = activities<ReportActivities>('reports', TRAINING);
const monitor = activities<MonitoringActivities>('monitoring', TRAINING);

/** `report` is for those who go on to a gate: the report that is drawn after it says more. */
const Params = () => z.object({ project: z.string().min(1), report: z.boolean().default(true) });

export const training = pipeline(
  {
    name: 'training',
    description: 'trains candidates in parallel, and registers the best one as challenger',
    retries: FORGIVING,
    params: Params,
    model: modelOfProject,
  },
  async (run) => {
    const { project } = run.params;

    const spec = run.task('spec', () => projects.spec({ project }));
    const trainedBy = run.task('trainer', () => jobs.trainer());
    const snapshot = run.task('snapshot', () => data.snapshot({ project, asOf: run.interval.end }));
    const champion = run.task('champion', { after: [spec] }, async ({ model }) => {
      const found = await registry.describeAlias({ model, alias: 'champion' });
      if (!found) return null;
      const { version, digest, trainedUntil } = found;
      return { pinned: { model, version, digest }, trainedUntil };
    });
    const dataset = run.task('prepare', { after: [snapshot, champion] }, (snapshot, champion, { key }) =>
      data.prepare({
        project,
        snapshot,
        ...(champion && { championUntil: champion.trainedUntil }),
        key,
      }),
    );

    const families = Object.keys((await spec).training.families) as Family[];
    const trainer = await trainedBy;
    const candidates = families.map((family) => searchFamily(run, { project, family, dataset, trainer }));
    const best = run.task('select', { after: candidates }, (...searched) =>
      choose(searched.slice(0, -1) as Candidate[]),
    );
    const corrected = run.task('correct', { after: [best, dataset] }, (candidate, dataset, { key }) =>
      data.correct({ project, dataset, candidate, key }),
    );
    // Only where it costs seconds of this machine, and no jobs of another.
    const seeds = run.task('reseed', { after: [best, dataset] }, (candidate, dataset, { key }) =>
      trainer.kind === 'local' ? data.reseed({ project, dataset, candidate, key }) : null,
    );
    const converted = run.task('convert', { after: [corrected, dataset] }, (candidate, dataset, { key }) =>
      scoring.convert({ project, candidate, dataset, key }),
    );
    const evaluated = run.task(
      'evaluate',
      { after: [dataset, converted, champion] },
      (dataset, challenger, champion, { key }) =>
        evaluation.evaluate({
          project,
          dataset,
          challenger,
          ...(champion && { champion: champion.pinned }),
          key,
        }),
    );
    const baseline = run.task('baseline', { after: [dataset, converted] }, (dataset, converted, { key }) =>
      monitor.baseline({ project, dataset, converted, key }),
    );
    const registered = run.task(
      'register',
      { after: [corrected, seeds, dataset, converted, evaluated, baseline] },
      (candidate, seeds, dataset, converted, { artefact }, baseline, { key }) =>
        registry.register({
          project,
          candidate: { ...candidate, ...(seeds && { seeds }) },
          dataset,
          converted,
          metrics: artefact,
          baseline,
          run: run.id,
          key,
        }),
    );
    // A model that cannot be drawn is a model all the same: the run says so, and goes on.
    run.task('report', { after: [registered], mayFail: true }, ({ model, version }, { key }) =>
      run.params.report ? reports.training({ project, model, version, key }) : run.skip('left to the gate'),
    );
    return registered;
  },
);

function choose(candidates: readonly Candidate[]): Candidate {
  const best = selectCandidate(candidates);
  if (best) return best;
  const message = 'No family gave a candidate with finite validation figures; their tasks show why.';
  throw toFailure({ type: 'NoCandidate', message });
}
