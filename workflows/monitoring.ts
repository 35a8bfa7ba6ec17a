/** An interval that has been scored: measured against the model's baseline, judged, and brought to the governor. */
import { z } from 'zod';

import type { GovernanceActivities } from '../activities/governance/contract.ts';
import type { Monitored, MonitoringActivities } from '../activities/monitoring/contract.ts';
import type { ReportActivities, WrittenReport } from '../activities/reports/contract.ts';
import type { Decision } from './domain/governance/decision.ts';
import { activities } from './engine/activities.ts';
import { pipeline } from './engine/pipeline.ts';
import { FORGIVING, PATIENT, QUERY } from './engine/profiles.ts';
import { modelOfProject } from './model-of-project.ts';

const monitor = activities<MonitoringActivities>('monitoring', QUERY);
const reports = activities<ReportActivities>('reports', QUERY);
const governors = activities<GovernanceActivities>('governance', PATIENT);

const Table = () => z.object({ table: z.string(), version: z.number().int().nonnegative() });

const Params = () =>
  z.object({
    project: z.string().min(1),
    features: Table(),
    predictions: Table(),
    /** That scored the interval. */
    model: z.object({ model: z.string(), version: z.number().int().positive(), digest: z.string() }),
  });

export interface MonitoringSummary {
  readonly monitored: Monitored;
  readonly decision: Decision;
  /** Absent where it could not be drawn. */
  readonly report?: WrittenReport;
}

export const monitoring = pipeline(
  {
    name: 'monitoring',
    description: "measures an interval against the model's baseline, and tells the governor",
    retries: FORGIVING,
    params: Params,
    model: modelOfProject,
  },
  async (run): Promise<MonitoringSummary> => {
    const { project } = run.params;
    const { interval } = run;

    const measured = run.task('measure', ({ key }) =>
      monitor.measure({ ...run.params, interval, run: run.id, key }),
    );
    const decided = run.task('decide', { after: [measured] }, async (_measured, { key }) => {
      const { decision } = await governors.ask({ project, asOf: interval.end, key });
      return decision;
    });
    const report = run.task('report', { after: [measured, decided] }, (monitored, decision, { key }) =>
      monitor.report({ project, monitored, decision, key }),
    );
    // An interval that cannot be drawn is monitored all the same: the run says so, and goes on.
    const page = run.task('page', { after: [report], mayFail: true }, (report, { key }) =>
      reports.monitoring({ project, report, key }),
    );
    const written = await page.outcome();
    return {
      monitored: await measured,
      decision: await decided,
      ...(written.state === 'success' && { report: written.value }),
    };
  },
);
