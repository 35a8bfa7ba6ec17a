/**
 * Other references than the one that is judged by: all that the model has learnt from, and the interval before. They
 * are reported beside it. Against all training rows alarms would never end, for the old mixture stays in there; against
 * the interval before a slow drift is never seen.
 */
import type { Baseline, CurrentCounts } from '../../workflows/domain/drift/baseline.ts';
import { compareWithBaseline } from '../../workflows/domain/drift/compare.ts';
import { INTERVAL_COLUMN, type ProjectSpec } from '../../workflows/domain/project.ts';
import type { TableRef } from '../../workflows/domain/reference.ts';
import type { Lake, Session } from '../lake/contract.ts';
import { createCountedView, featureColumns, type CountingPort } from './counted-views.ts';
import { EARLIEST, partitionsWithin } from './partitions.ts';

/** PSI of every feature against one of them; never a verdict. */
export interface OtherReference {
  readonly name: 'training' | 'before';
  /** Starts of the intervals that it is made of. */
  readonly intervals: readonly string[];
  readonly rows: number;
  readonly features: readonly { readonly name: string; readonly psi: number | null }[];
}

interface Compared {
  readonly session: Session;
  readonly lake: Lake;
  readonly counting: CountingPort;
  readonly spec: ProjectSpec;
  /** Starts of the partitions that are held against them. */
  readonly window: readonly string[];
  readonly features: TableRef;
}

/**
 * @param training frozen with the model; one that was registered without it has none
 * @returns those that there are
 */
export async function otherReferences(
  compared: Compared,
  training: { readonly intervals: readonly string[]; readonly features: Baseline } | undefined,
): Promise<OtherReference[]> {
  const { session, counting, spec } = compared;
  const before = await intervalBefore(compared);
  const references = [
    ...(training ? [{ name: 'training' as const, ...training }] : []),
    ...(before ? [{ name: 'before' as const, ...before }] : []),
  ];
  const found: OtherReference[] = [];
  for (const { name, intervals, features } of references) {
    const counts = await counting.countAgainst(session, 'current', features);
    found.push({ name, intervals, rows: features.rows, features: psiOf(features, counts, spec) });
  }
  return found;
}

function psiOf(
  features: Baseline,
  counts: CurrentCounts,
  { monitoring }: ProjectSpec,
): OtherReference['features'] {
  const { columns } = compareWithBaseline(features, counts, monitoring.drift);
  return columns.map(({ name, psi }) => ({ name, psi }));
}

/** The newest partitions before the window, as many as it has itself. */
async function intervalBefore({
  session,
  lake,
  counting,
  spec,
  window,
  features,
}: Compared): Promise<{ intervals: string[]; features: Baseline } | undefined> {
  const earlier = await partitionsWithin(lake, features, { start: EARLIEST, end: window[0] ?? EARLIEST });
  const intervals = earlier.slice(-Math.max(1, window.length));
  if (intervals.length === 0) return undefined;
  await lake.attach(session, 'features_before', features, { where: { [INTERVAL_COLUMN]: intervals } });
  const columns = featureColumns(spec.features);
  await createCountedView(session, 'before', columns, 'features_before');
  const policy = spec.monitoring.drift;
  return { intervals, features: await counting.freezeBaseline(session, 'before', columns, { policy }) };
}
