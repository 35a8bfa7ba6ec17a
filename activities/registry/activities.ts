/** The registry's activities: every one an entry of the log, decided on everything before it. */
import type { EvaluationReport } from '../../workflows/domain/evaluation.ts';
import type { ProjectSpec } from '../../workflows/domain/project.ts';
import { attempt } from '../attempt.ts';
import type { PinnedModel } from '../scoring/contract.ts';
import type { ObjectStore } from '../store/contract.ts';
import { replay } from './aliases.ts';
import type {
  DescribedModel,
  ModelVersion,
  Registry,
  RegistryActivities,
  RegistryEntry,
} from './contract.ts';
import { aliasConflict, nothingToRollBack } from './errors.ts';
import { recordDecision, recordFreeze, standing } from './governance.ts';
import { createRegistryLog, type RegistryLog } from './log.ts';
import { register } from './register.ts';

export interface RegistryDependencies {
  readonly store: ObjectStore;
  readonly registry: Registry;
  /** @throws UnknownProject */
  readonly spec: (project: string) => ProjectSpec;
  /** Of the worker that registers. */
  readonly codeVersion: string;
  readonly now?: () => Date;
}

export function createRegistryActivities(deps: RegistryDependencies): RegistryActivities {
  const { store, registry, now = () => new Date() } = deps;
  const log = createRegistryLog(store, now);
  return {
    register: async (input) => {
      const registration = { ...input, codeVersion: deps.codeVersion };
      return pin(await register(store, log, deps.spec(input.project).model, registration, now));
    },
    recordGate: async ({ model, version, against, verdict, by, key }) => {
      await registry.version(model, version);
      await log.append(model, 'gate', key, () => ({ kind: 'gate', key, by, version, against, verdict }));
      attempt().measure('gate_verdicts', 1, { model, verdict: verdict.verdict });
    },
    pinned: async ({ model, alias }) => {
      const version = replay(await log.read(model))[alias];
      return version === undefined ? null : pin(await registry.version(model, version));
    },
    describe: ({ model, version }) => describe(registry, model, version),
    describeAlias: async ({ model, alias }) => {
      const version = replay(await log.read(model))[alias];
      return version === undefined ? null : describe(registry, model, version);
    },
    describeNewest: async ({ model }) => {
      const registered = (await log.read(model)).findLast((entry) => entry.kind === 'registered');
      return registered === undefined ? null : describe(registry, model, registered.version);
    },
    promote: (input) => promote(log, registry, input),
    rollback: (input) => rollback(log, registry, input),
    recordApproval: async ({ model, ...approval }) => {
      await registry.version(model, approval.version);
      await log.append(model, 'approval', approval.key, () => ({ kind: 'approval', ...approval }));
    },
    standing: ({ model }) => standing(log, registry, model),
    recordDecision: (input) => recordDecision(store, log, input),
    recordFreeze: (input) => recordFreeze(log, input),
  };
}

async function promote(
  log: RegistryLog,
  registry: Registry,
  { model, version, expected, by, reason, key }: Parameters<RegistryActivities['promote']>[0],
): Promise<PinnedModel> {
  const promoted = await proven(registry, model, version);
  await log.append(model, 'alias', key, (entries) => {
    const champion = replay(entries).champion ?? null;
    if (champion !== expected) throw aliasConflict(model, expected, champion, lastMove(entries));
    return { kind: 'alias', key, by, alias: 'champion', version, expected, reason };
  });
  return promoted;
}

async function rollback(
  log: RegistryLog,
  registry: Registry,
  { model, by, reason, key }: Parameters<RegistryActivities['rollback']>[0],
): Promise<PinnedModel> {
  await registry.log(model);
  const entry = await log.append(model, 'rollback', key, async (entries) => {
    const { champion, previous } = replay(entries);
    if (champion === undefined || previous === undefined) throw nothingToRollBack(model, champion ?? null);
    await proven(registry, model, previous);
    return { kind: 'rollback', key, by, from: champion, version: previous, reason };
  });
  return pin(await registry.version(model, versionOf(entry)));
}

async function describe(registry: Registry, model: string, version: number): Promise<DescribedModel> {
  const found = await registry.version(model, version);
  const metrics = await registry.artefact(model, version, 'metrics');
  const evaluation = JSON.parse(new TextDecoder().decode(metrics)) as EvaluationReport;
  const { snapshot, trainedUntil } = found.dataset;
  const trainedOn = snapshot.intervals;
  return { ...pin(found), trainedOn, trainedUntil: trainedUntil.interval, evaluation };
}

/** No version takes the championship whose file is not the one that was judged. */
async function proven(registry: Registry, model: string, version: number): Promise<PinnedModel> {
  await registry.artefact(model, version, 'onnx');
  return pin(await registry.version(model, version));
}

function pin({ model, version, digest }: ModelVersion): PinnedModel {
  return { model, version, digest };
}

function lastMove(entries: readonly RegistryEntry[]): RegistryEntry | undefined {
  return entries.findLast(
    (entry) => entry.kind === 'rollback' || (entry.kind === 'alias' && entry.alias === 'champion'),
  );
}

function versionOf(entry: RegistryEntry): number {
  if (entry.kind !== 'rollback') throw new TypeError(`entry ${entry.number} is no rollback`);
  return entry.version;
}
