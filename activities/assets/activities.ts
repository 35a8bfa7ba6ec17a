/** The activities of assets over their log, the ledger, and whatever wakes the bus and starts runs. */
import type { AssetActivities, AssetConsumer } from './contract.ts';
import { deliver, type DeliverDependencies } from './deliver.ts';

export interface AssetDependencies extends DeliverDependencies {
  readonly consumers: readonly AssetConsumer[];
  /** The bus is told to look; should nobody hear it, the bus looks by itself before long. */
  readonly wake: () => void;
}

export function createAssetActivities(deps: AssetDependencies): AssetActivities {
  return {
    async record(event) {
      await deps.log.append(event);
      deps.wake();
    },
    deliver: ({ cursors }) => deliver(deps, deps.consumers, cursors),
  };
}
