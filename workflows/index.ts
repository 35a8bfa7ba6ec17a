/** The registry: every workflow that workers serve, a line each. */
export {
  dailyShop,
  halfHourlyShop,
  hourlyOrders,
  hourlyReturns,
  hourlyShop,
  hourlyVisits,
} from '../pipelines/examples/asset-rollup.pipeline.ts';
export { dailyFigures } from '../pipelines/examples/latest-only.pipeline.ts';
export { readings } from '../pipelines/examples/readings.pipeline.ts';
export { followedJob } from '../pipelines/examples/follow-job.pipeline.ts';
export { squaresReport } from '../pipelines/examples/trigger-and-await.pipeline.ts';
export { trainRegisterDeploy } from '../pipelines/examples/train-register-deploy.pipeline.ts';
export { cluster } from '../pipelines/examples/cluster.pipeline.ts';
export { regions } from '../pipelines/examples/regions.pipeline.ts';
export { retryPolicy } from '../pipelines/examples/retry-policy.pipeline.ts';
export { humanReview } from '../pipelines/examples/human-review.pipeline.ts';
export { retrainUntilGood } from '../pipelines/examples/retrain-until-good.pipeline.ts';
export { squares } from '../pipelines/examples/squares.pipeline.ts';
export { tills } from '../pipelines/examples/workdays.pipeline.ts';
export { trainOrKeep } from '../pipelines/examples/train-or-keep.pipeline.ts';
export { assetBus } from './asset-bus.ts';
export { backfill } from './backfill.ts';
export { delivery } from './delivery.ts';
export { capacity } from './capacity.ts';
export { governor } from './governor.ts';
export { lifecycle } from './lifecycle.ts';
export { medallion } from './medallion.ts';
export { monitoring } from './monitoring.ts';
export { pool } from './pool.ts';
export { promotion, rollback } from './promotion.ts';
export { retraining } from './retraining.ts';
export { review } from './review.ts';
export { scoring, uploadScoring } from './scoring.ts';
export { sweeper } from './sweeper.ts';
export { training } from './training.ts';
export { watchdog } from './watchdog.ts';
