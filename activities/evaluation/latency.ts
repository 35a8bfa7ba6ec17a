/** How long one record takes, encoded and scored by itself. */
import { quantile } from 'simple-statistics';

import { encodedColumns, encodeRecord, type FeatureValue } from '../../workflows/domain/encoder.ts';
import type { Session } from '../lake/contract.ts';
import type { JudgedModel, ScoringPort } from './model.ts';

/** The first ones pay for warming up. */
const WARM_UP = 20;
const MEASURED = 200;
const QUANTILE = 0.95;

/** Milliseconds, 95th percentile over records of the view `slice_features`; NaN where it has none. */
export async function latencyOf(
  session: Session,
  scoring: ScoringPort,
  { onnx, encoder }: JudgedModel,
): Promise<number> {
  const records = await session.rows<Record<string, FeatureValue>>(
    'SELECT * FROM slice_features ORDER BY place LIMIT $records',
    { records: MEASURED },
  );
  const columns = encodedColumns(encoder).length;
  const scorer = await scoring.open(onnx);
  const durations: number[] = [];
  try {
    for (let turn = -WARM_UP; records.length > 0 && turn < MEASURED; turn += 1) {
      const start = performance.now();
      await scorer.score(encodeRecord(encoder, records[(turn + WARM_UP) % records.length] ?? {}), 1, columns);
      if (turn >= 0) durations.push(performance.now() - start);
    }
  } finally {
    await scorer.close();
  }
  return durations.length === 0 ? Number.NaN : quantile(durations, QUANTILE);
}
