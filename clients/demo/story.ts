/** The main job, told month by month: files land, a lifecycle run takes them in, and a line says how it went. */
import type { MonthlyPerformance } from '../../activities/evaluation/contract.ts';
import type { Registry, RegistryEntry } from '../../activities/registry/contract.ts';
import type { ObjectStore } from '../../activities/store/contract.ts';
import type { EvaluationReport } from '../../workflows/domain/evaluation.ts';
import { calibrationEstimate } from '../../workflows/domain/governance/measures.ts';
import type { Interval } from '../../workflows/domain/interval.ts';
import type { RunRecord } from '../../workflows/domain/run-record.ts';
import type { LifecycleSummary } from '../../workflows/lifecycle.ts';
import type { MonitoringSummary } from '../../workflows/monitoring.ts';
import { Refusal } from '../refusal.ts';
import { completeRun } from '../runs/complete.ts';
import type { RunServices } from '../runs/services.ts';
import type { DemoMonth, DemoReport } from './report.ts';

/** Files of a month on this machine, to be landed when its time has come. */
export interface Batch {
  readonly interval: Interval;
  /** `<YYYY-MM>/<name>` under the project's landing folder → path on this machine. */
  readonly files: Readonly<Record<string, string>>;
}

export interface Story {
  readonly project: string;
  readonly model: string;
  /** In time order; the first is the history. */
  readonly batches: readonly Batch[];
}

export interface StoryServices extends RunServices {
  readonly store: ObjectStore;
  readonly registry: Registry;
}

/** Told of each month when it is over, and what is now known of the month before. */
export type OnMonth = (month: DemoMonth, lastMonth: MonthlyPerformance | undefined) => void;

/** @throws Refusal RunFailed, with the command that shows why */
export async function tellStory(
  services: StoryServices,
  { project, model, batches }: Story,
  onMonth: OnMonth,
): Promise<Pick<DemoReport, 'project' | 'months' | 'champion' | 'registryLog' | 'reports'>> {
  const months: DemoMonth[] = [];
  for (const batch of batches) {
    await land(services.store, project, batch);
    const started = performance.now();
    const record = await liveThrough(services, project, batch.interval);
    const summary = record.result as LifecycleSummary;
    const seconds = Math.round((performance.now() - started) / 100) / 10;
    const { lastMonth } = summary;
    if (lastMonth) learn(months, lastMonth);
    const challenger = await challengerOf(services.registry, summary);
    const month = { ...monthOf(record, summary, seconds), ...challenger };
    months.push(month);
    onMonth(month, lastMonth);
  }
  const reports = await reportsOf(services.store, project);
  return { project, months, ...(await registered(services.registry, model)), reports };
}

async function reportsOf(store: ObjectStore, project: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of store.list(`reports/${project}/`)) found.push(`${store.uri}/${key}`);
  return found;
}

async function land(store: ObjectStore, project: string, { files }: Batch): Promise<void> {
  for (const [name, path] of Object.entries(files)) await store.upload(`landing/${project}/${name}`, path);
}

/** @throws Refusal RunFailed */
async function liveThrough(services: StoryServices, project: string, interval: Interval): Promise<RunRecord> {
  const options = { params: { project }, key: project, interval, startedBy: 'demo' };
  const record = await completeRun(services, 'lifecycle', options);
  if (record.state === 'success') return record;
  const why = record.error === undefined ? '' : `: ${record.error.message}`;
  throw new Refusal('RunFailed', `${record.run} ended ${record.state}${why}`, {
    next: `assay runs show ${record.run}`,
  });
}

function monthOf(record: RunRecord, summary: LifecycleSummary, seconds: number): DemoMonth {
  const { rows, governed, scored, monitoring } = summary;
  const decision =
    governed.decision.decision === 'retrain'
      ? governed.decision
      : (monitoring?.decision ?? governed.decision);
  return {
    interval: record.interval,
    run: record.run,
    rows,
    predictions: scored?.rows ?? 0,
    ...(scored && { champion: { version: scored.model.version, digest: scored.model.digest } }),
    ...(typeof scored?.scoreMean === 'number' && { scoreMean: scored.scoreMean }),
    ...(monitoring && { drift: driftOf(monitoring) }),
    decision: decision.decision,
    ...(decision.possibleFrom !== undefined && { possibleFrom: decision.possibleFrom }),
    seconds,
  };
}

function driftOf({ monitored }: MonitoringSummary): NonNullable<DemoMonth['drift']> {
  const { verdict, scorePsi, alarms } = monitored;
  return { verdict, scorePsi, alarms };
}

/** With its figures on the slice, out of the registry. */
async function challengerOf(
  registry: Registry,
  { governed: { retraining } }: LifecycleSummary,
): Promise<Pick<DemoMonth, 'challenger'>> {
  if (retraining === undefined || 'error' in retraining) return {};
  const { challenger, gate, promoted, reason } = retraining;
  const { auc, difference } = await evaluationOf(registry, challenger);
  return {
    challenger: {
      version: challenger.version,
      verdict: gate.verdict,
      promoted: promoted !== null,
      auc,
      ...(difference && { difference: difference.auc }),
      ...(reason !== undefined && { reason }),
    },
  };
}

/** Labels have come: the month they belong to gets its figures. */
function learn(months: DemoMonth[], { interval, auc, aucUnseen, ...known }: MonthlyPerformance): void {
  const at = months.findIndex((month) => month.interval.start === interval.start);
  const month = months[at];
  if (!month) return;
  const { eventRate, scoreMean, positives, rows } = known;
  months[at] = {
    ...month,
    ...(auc && { auc }),
    ...(aucUnseen && { aucUnseen }),
    eventRate,
    ...(positives > 0 && { calibration: calibrationEstimate(scoreMean, positives, rows) }),
  };
}

async function registered(
  registry: Registry,
  model: string,
): Promise<Pick<DemoReport, 'champion' | 'registryLog'>> {
  if (!(await registry.models()).includes(model)) return { registryLog: [] };
  const { champion } = await registry.aliases(model);
  const registryLog = (await registry.log(model)).map(entryLine);
  if (champion === undefined) return { registryLog };
  const { version, digest, dataset } = await registry.version(model, champion);
  const { auc, prAuc } = await evaluationOf(registry, { model, version: champion });
  const trainedOn = dataset.snapshot.intervals;
  return { champion: { version, digest, auc: auc.value, prAuc: prAuc.value, trainedOn }, registryLog };
}

async function evaluationOf(
  registry: Registry,
  { model, version }: { readonly model: string; readonly version: number },
): Promise<EvaluationReport> {
  const metrics = await registry.artefact(model, version, 'metrics');
  return JSON.parse(new TextDecoder().decode(metrics)) as EvaluationReport;
}

function entryLine(entry: RegistryEntry): DemoReport['registryLog'][number] {
  return { kind: entry.kind, version: entry.version, at: entry.at, reason: reasonOf(entry) };
}

function reasonOf(entry: RegistryEntry): string {
  switch (entry.kind) {
    case 'registered':
      return `registered as challenger, digest ${entry.digest}`;
    case 'gate':
      return `the gate says ${entry.verdict.verdict}${entry.against === null ? '' : ` against version ${entry.against}`}`;
    case 'alias':
      return `${entry.alias}: ${entry.reason}`;
    case 'rollback':
      return `champion again in place of version ${entry.from}: ${entry.reason}`;
    case 'approval':
      return `${entry.choice === 'approve' ? 'approved' : 'rejected'} by ${entry.by}${entry.comment === undefined ? '' : `: ${entry.comment}`}`;
    case 'decision':
      return `decided: ${entry.decision.decision} (${entry.decision.reasons.map(({ measure }) => measure).join(', ')})`;
    case 'freeze':
      return `${entry.frozen ? 'frozen' : 'resumed'}: ${entry.reason}`;
  }
}
