/** The search of one family: in one activity on the workers, or as jobs of SageMaker side by side. */
import type { Candidate, Dataset, Family, TrainingActivities } from '../activities/training/contract.ts';
import type {
  JobDataActivities,
  JobOrder,
  TrainedJob,
  TrainerDescription,
} from '../activities/training/sagemaker/contract.ts';
import { valuesOf } from './domain/mapped.ts';
import { bestTrial } from './domain/trial-results.ts';
import { activities } from './engine/activities.ts';
import { toFailure } from './engine/failures.ts';
import { QUERY, TRAINING } from './engine/profiles.ts';
import type { TaskRef } from './engine/references.ts';
import type { Run } from './engine/run.ts';
import type { TaskContext } from './engine/runtime.ts';
import { trainedBySageMaker } from './training-job.ts';

/** One slot for each job that the account's quota allows. */
const POOL = 'sagemaker';

const training = activities<TrainingActivities>('training', TRAINING);
const models = activities<JobDataActivities>('jobModels', QUERY);

export interface Search {
  readonly project: string;
  readonly family: Family;
  readonly dataset: TaskRef<Dataset>;
  readonly trainer: TrainerDescription;
}

/** The family's candidate, by the task `candidate-<family>`. */
export function searchFamily(run: Run, { project, family, dataset, trainer }: Search): TaskRef<Candidate> {
  const name = `candidate-${family}`;
  if (trainer.kind === 'local') {
    return run.task(name, { after: [dataset] }, (dataset, { key }) =>
      training.search({ project, dataset, family, key }),
    );
  }
  const { retries } = trainer;
  const orders = run.task(`orders-${family}`, { after: [dataset] }, (dataset) =>
    models.orders({ project, dataset, family }),
  );
  const trained = run.map(`train-${family}`, { over: orders, retries, pool: POOL }, trainedBySageMaker);
  // After a cross-validation there is one job more, of the whole training side: it takes its slot like the others.
  return run.task(
    name,
    { after: [orders, trained, dataset], retries, pool: POOL },
    (orders, trained, dataset, task) => candidateOf(orders, valuesOf(trained), dataset, task),
  );
}

async function candidateOf(
  orders: readonly JobOrder[],
  trained: readonly TrainedJob[],
  dataset: Dataset,
  task: TaskContext,
): Promise<Candidate> {
  const best = bestTrial(trained);
  const order = orders.find(({ trial }) => trial === best?.trial);
  if (best === undefined || order === undefined) {
    throw toFailure({ type: 'TrainingFailed', message: 'No trial has finite figures.' });
  }
  const { trial, rounds, validation } = best;
  const [only] = best.results;
  const whole =
    only !== undefined && best.results.length === 1
      ? only
      : await trainedBySageMaker(refit(order, rounds, dataset), task);
  const { family, hyperparameters } = order;
  return {
    family,
    trial,
    trials: new Set(orders.map((order) => order.trial)).size,
    hyperparameters,
    rounds,
    validation,
    model: whole.model,
    seconds: trained.reduce((sum, { usage }) => sum + usage.trainingSeconds, 0),
    job: whole.usage,
  };
}

/** The winner of a cross-validation, on all folds for as many rounds as it took on average. */
function refit(
  { fold: _fold, hyperparameters, ...order }: JobOrder,
  rounds: number,
  dataset: Dataset,
): JobOrder {
  const { early_stopping_rounds: _patience, ...rest } = hyperparameters;
  return {
    ...order,
    hyperparameters: { ...rest, num_round: String(rounds) },
    channels: { train: [dataset.channels.train.prefix] },
  };
}
