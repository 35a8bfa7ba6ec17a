/** The report activities: the document first, then the page that is drawn from it and nothing else. */
import type { ProjectSpec } from '../../workflows/domain/project.ts';
import { readArtefact } from '../artefact.ts';
import { attempt } from '../attempt.ts';
import type { ObjectStore } from '../store/contract.ts';
import type { MonitoringReport, ReportActivities, TrainingReport, WrittenReport } from './contract.ts';
import { unsupportedReport } from './errors.ts';
import { trainingReport, type TrainingReportDependencies } from './training/document.ts';

export interface ReportDependencies extends TrainingReportDependencies {
  /** @throws UnknownProject */
  readonly spec: (project: string) => ProjectSpec;
}

/** The charts' library takes most of a second to load, so it is loaded with the first report. */
export function createReportActivities(deps: ReportDependencies): ReportActivities {
  return {
    training: async ({ project, model, version }) => {
      const report = await trainingReport(deps, deps.spec(project), { model, version });
      const { renderTraining } = await import('./training/render.ts');
      return write(
        deps.store,
        `reports/${project}/training-${model}-v${version}`,
        report,
        renderTraining(report),
      );
    },
    monitoring: async ({ project, report: artefact }) => {
      const report = await readReport(deps.store, artefact);
      const { renderMonitoring } = await import('./monitoring/render.ts');
      const name = `monitoring-${report.interval.start.slice(0, 10)}`;
      return write(deps.store, `reports/${project}/${name}`, report, renderMonitoring(report));
    },
  };
}

async function readReport(
  store: ObjectStore,
  artefact: Parameters<ReportActivities['monitoring']>[0]['report'],
): Promise<MonitoringReport> {
  const report = JSON.parse(
    new TextDecoder().decode(await readArtefact(store, artefact)),
  ) as Partial<MonitoringReport> | null;
  // The bytes are proven by their digest; only a later format, or something else, could stand here.
  if (report?.format === 'assay-monitoring-report-1') return report as MonitoringReport;
  throw unsupportedReport(artefact.key, report?.format);
}

/** The page last: where it is, its document is too. */
async function write(
  store: ObjectStore,
  name: string,
  report: TrainingReport | MonitoringReport,
  page: string,
): Promise<WrittenReport> {
  const written = { html: `${name}.html`, json: `${name}.json` };
  await store.put(written.json, `${JSON.stringify(report, null, 2)}\n`);
  await store.put(written.html, page);
  attempt().log('report written', { page: written.html, bytes: page.length });
  return written;
}
