/** A task that produces an asset: once its body has succeeded, whoever waits for that partition is told. */
import type { AssetActivities } from '../../activities/assets/contract.ts';
import { checkedAsset } from '../domain/assets/condition.ts';
import type { Partition } from '../domain/assets/partition.ts';
import { activities } from './activities.ts';
import type { RunFacts } from './author.ts';
import { QUICK } from './profiles.ts';
import type { TaskSpec } from './task.ts';

export interface ProducedAsset {
  readonly asset: string;
  readonly partition: Partial<Partition>;
}

export type Produces = ProducedAsset | readonly ProducedAsset[];

const log = activities<AssetActivities>('assets', QUICK);

/**
 * @param partition by default the run's interval and key, of which it replaces what it names
 * @throws RangeError for what is no asset's name
 * @example run.task('gold', { after: [silver], produces: asset('lake.gold') }, …)
 */
export function asset(name: string, partition: Partial<Partition> = {}): ProducedAsset {
  return { asset: checkedAsset(name), partition };
}

export function assetsOf(produces: Produces): string[] {
  return listOf(produces).map((each) => each.asset);
}

/** The body, and behind it the events: part of the same try, and the same events in every try. */
export function producing(
  { id, attempt, interval, key }: RunFacts,
  produces: Produces,
  body: TaskSpec['body'],
): TaskSpec['body'] {
  const produced = listOf(produces);
  return async (outcomes, context, task) => {
    const value = await body(outcomes, context, task);
    const source = `run ${id} attempt ${attempt} task ${task.label}`;
    await Promise.all(
      produced.map(({ asset: name, partition }) =>
        log.record({
          asset: name,
          partition: { ...interval, ...(key !== undefined && { key }), ...partition },
          key: context.key,
          source,
        }),
      ),
    );
    return value;
  };
}

function listOf(produces: Produces): readonly ProducedAsset[] {
  return 'asset' in produces ? [produces] : produces;
}
