/** How long each model's champion has been it: an old one is nobody's failure, but somebody should know. */
import { Runtime } from '@temporalio/worker';

import type { Registry, RegistryEntry } from '../activities/registry/contract.ts';

const EVERY_MS = 60_000;

/** Told once a minute, for the age grows while nothing happens. @returns ends it */
export function tellChampionAges(registry: Registry): () => void {
  const gauge = Runtime.instance().metricMeter.createGauge(
    'assay_champion_age_seconds',
    'float',
    's',
    'Time since the champion of a model became it',
  );
  const tell = async (): Promise<void> => {
    try {
      for (const model of await registry.models()) {
        const since = championSince(await registry.log(model));
        if (since !== undefined) gauge.set((Date.now() - Date.parse(since)) / 1000, { model });
      }
    } catch (error) {
      Runtime.instance().logger.warn('the age of champions could not be told', { error });
    }
  };
  void tell();
  const telling = setInterval(() => void tell(), EVERY_MS);
  return () => clearInterval(telling);
}

/** RFC 3339; `undefined` where there is no champion. */
export function championSince(log: readonly RegistryEntry[]): string | undefined {
  const last = log.findLast(
    (entry) => entry.kind === 'rollback' || (entry.kind === 'alias' && entry.alias === 'champion'),
  );
  return last === undefined || last.version === null ? undefined : last.at;
}
