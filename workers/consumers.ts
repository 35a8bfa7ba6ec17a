/** The pipelines that wait for assets. */
import type { AssetConsumer } from '../activities/assets/contract.ts';
import type { AnyPipeline } from '../workflows/engine/definition.ts';

/** What is needed of pipelines. */
export type AssetPipelines = ReadonlyMap<string, Pick<AnyPipeline['definition'], 'name' | 'assets'>>;

export function consumersOf(pipelines: AssetPipelines): AssetConsumer[] {
  return [...pipelines.values()].flatMap(({ name, assets }) =>
    assets === undefined ? [] : [{ pipeline: name, condition: assets }],
  );
}
