/** The search of a family as jobs: one for each trial, or for each trial and fold. */
import type { ProjectSpec } from '../../../workflows/domain/project.ts';
import type { Dataset, Family } from '../contract.ts';
import { drawFor } from '../search.ts';
import { invalidChannel } from '../trainer.ts';
import type { JobOrder } from './contract.ts';

/** @throws UnknownFamily, InvalidSpec, InvalidChannel */
export function ordersFor(spec: ProjectSpec, dataset: Dataset, family: Family): JobOrder[] {
  const { channels, folds } = dataset;
  const common = { project: spec.name, family, root: `training/${dataset.digest}` };
  return drawFor(spec, { dataset, family }).flatMap((hyperparameters, trial): JobOrder[] => {
    const order = { ...common, trial, hyperparameters };
    if (folds) {
      return folds.map((judge, fold) => {
        const train = folds.filter((other) => other !== judge).map(({ prefix }) => prefix);
        return { ...order, fold, channels: { train, validation: [judge.prefix] } };
      });
    }
    if (!channels.validation) throw invalidChannel();
    const { train, validation } = channels;
    return [{ ...order, channels: { train: [train.prefix], validation: [validation.prefix] } }];
  });
}
