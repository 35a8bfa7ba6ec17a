/** The registry: every workflow that workers serve, a line each. */
export { squares } from '../pipelines/examples/squares.pipeline.ts';
export { backfill } from './backfill.ts';
export { delivery } from './delivery.ts';
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
