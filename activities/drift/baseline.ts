/** Freezes a reference: bins from its own rows, and their counts. */
import type { Baseline, CurrentCounts } from '../../workflows/domain/drift/baseline.ts';
import { defineBins } from '../../workflows/domain/drift/bins.ts';
import type { DriftPolicy } from '../../workflows/domain/drift/policy.ts';
import type { Session } from '../lake/contract.ts';
import { countColumns } from './count.ts';
import type { DriftColumn } from './contract.ts';
import { profileColumns } from './profile.ts';

/**
 * @param view its columns as `DriftColumn` has them
 * @param edges by column, instead of those that the policy would find
 */
export async function freezeBaseline(
  session: Session,
  view: string,
  columns: readonly DriftColumn[],
  { policy, edges = {} }: { policy: DriftPolicy; edges?: Readonly<Record<string, readonly number[]>> },
): Promise<Baseline> {
  const profiles = await profileColumns(session, view, columns, policy.bins);
  const binned = profiles.map((profile) => ({
    name: profile.name,
    bins: defineBins(profile, policy, edges[profile.name]),
  }));
  const { rows, columns: counts } = await countColumns(session, view, binned);
  return {
    format: 'assay-baseline-1',
    rows,
    columns: binned.flatMap((column, index) => {
      const found = counts[index];
      return found ? [{ ...column, counts: found }] : [];
    }),
  };
}

/** Another view with the same columns, counted with the same bins. */
export function countAgainst(session: Session, view: string, baseline: Baseline): Promise<CurrentCounts> {
  return countColumns(session, view, baseline.columns);
}
