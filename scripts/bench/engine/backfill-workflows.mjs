/** What the benchmark of backfills runs: a pipeline that does nothing, and the backfill itself. */
import { pipeline } from '../../../dist/workflows/engine/pipeline.js';

export { backfill } from '../../../dist/workflows/backfill.js';

export const nothing = pipeline({ name: 'nothing' }, () => undefined);
