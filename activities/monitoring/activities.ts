/** Monitoring's activities, over the ports that the composition root hands in. */
import type { ProjectSpec } from '../../workflows/domain/project.ts';
import { readArtefact, writeArtefact } from '../artefact.ts';
import type { MonitoringActivities } from './contract.ts';
import { JUDGED_INTERVALS, judgedIntervals } from './judged.ts';
import { measure, type Comparison, type MeasureDependencies } from './measure.ts';
import { freezeModelBaseline, type BaselineDependencies } from './model-baseline.ts';
import { recordPerformance } from './performance.ts';
import { monitoringReport } from './report.ts';
import { readRows } from './table.ts';

export interface MonitoringDependencies extends BaselineDependencies, MeasureDependencies {
  /** @throws UnknownProject */
  readonly spec: (project: string) => ProjectSpec;
}

/** Intervals in a report's trends. */
const REPORTED_INTERVALS = 24;

export function createMonitoringActivities(deps: MonitoringDependencies): MonitoringActivities {
  return {
    baseline: async (input) => freezeModelBaseline(deps, deps.spec(input.project), input),
    measure: async (input) => measure(deps, deps.spec(input.project), input),
    recordPerformance: async (input) => recordPerformance(deps, deps.spec(input.project), input),
    judged: async ({ project, version }) => {
      const { monitoring } = deps.spec(project).tables;
      return judgedIntervals(await readRows(deps, monitoring, { limit: JUDGED_INTERVALS, version }));
    },
    report: async ({ project, monitored, decision }) => {
      const spec = deps.spec(project);
      const bytes = await readArtefact(deps.store, monitored.comparison);
      const comparison = JSON.parse(new TextDecoder().decode(bytes)) as Comparison;
      const rows = await readRows(deps, spec.tables.monitoring, { limit: REPORTED_INTERVALS });
      const known = rows.filter(({ start }) => start <= monitored.interval.start);
      const report = monitoringReport(spec, monitored, comparison, decision, known);
      const text = new TextEncoder().encode(`${JSON.stringify(report, null, 2)}\n`);
      return writeArtefact(deps.store, `monitoring/${project}`, 'json', text);
    },
  };
}
