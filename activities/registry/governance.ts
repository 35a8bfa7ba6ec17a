/** Governance in the log: decisions, freezes, and what follows from them for the next decision. */
import { writeArtefact } from '../artefact.ts';
import type { ObjectStore } from '../store/contract.ts';
import { replay } from './aliases.ts';
import type { Registry, RegistryActivities, RegistryEntry, Standing } from './contract.ts';
import type { RegistryLog } from './log.ts';

/** Of a model without any entry, too. */
export async function standing(log: RegistryLog, registry: Registry, model: string): Promise<Standing> {
  const entries = await log.read(model);
  const { champion } = replay(entries);
  const newest = entries.findLast((entry) => entry.kind === 'registered');
  const lastTrainedOn =
    newest && (await registry.version(model, newest.version)).dataset.snapshot.intervals.at(-1);
  const championUntil =
    champion === undefined
      ? undefined
      : (await registry.version(model, champion)).dataset.trainedUntil.interval;
  const freeze = entries.findLast((entry) => entry.kind === 'freeze');
  return {
    champion: champion ?? null,
    attempts: attemptsOf(entries),
    ...(championUntil !== undefined && { championUntil }),
    ...(lastTrainedOn !== undefined && { lastTrainedOn }),
    ...(freeze?.frozen === true && { frozen: `${freeze.by}: ${freeze.reason}` }),
  };
}

/** Retrainings decided on since the champion last changed, or since a person took matters in hand. */
function attemptsOf(entries: readonly RegistryEntry[]): number {
  const since = entries.findLastIndex(
    (entry) =>
      entry.kind === 'rollback' ||
      (entry.kind === 'alias' && entry.alias === 'champion') ||
      (entry.kind === 'freeze' && !entry.frozen),
  );
  return entries
    .slice(since + 1)
    .filter((entry) => entry.kind === 'decision' && entry.decision.decision === 'retrain').length;
}

export async function recordDecision(
  store: ObjectStore,
  log: RegistryLog,
  { model, decision, situation, by, key }: Parameters<RegistryActivities['recordDecision']>[0],
): Promise<void> {
  const text = `${JSON.stringify({ model, ...decision, situation }, null, 2)}\n`;
  const document = await writeArtefact(store, `governance/${model}`, 'json', new TextEncoder().encode(text));
  await log.append(model, 'decision', key, () => ({
    kind: 'decision',
    key,
    by,
    version: decision.champion,
    decision,
    document,
  }));
}

export async function recordFreeze(
  log: RegistryLog,
  { model, frozen, by, reason, key }: Parameters<RegistryActivities['recordFreeze']>[0],
): Promise<void> {
  await log.append(model, 'freeze', key, (entries) => ({
    kind: 'freeze',
    key,
    by,
    version: replay(entries).champion ?? null,
    frozen,
    reason,
  }));
}
