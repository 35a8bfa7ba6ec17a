/** Views as the drift counts want them: numbers as DOUBLE without NaN, categories as text, missing as NULL. */
import { quoteIdentifier } from '../../workflows/domain/identifier.ts';
import type { FeatureSpec } from '../../workflows/domain/project.ts';
import type { Baseline } from '../../workflows/domain/drift/baseline.ts';
import type { CurrentCounts } from '../../workflows/domain/drift/baseline.ts';
import type { DriftPolicy } from '../../workflows/domain/drift/policy.ts';
import type { Session } from '../lake/contract.ts';

interface CountedColumn {
  readonly name: string;
  readonly kind: 'numeric' | 'categorical';
}

/** What the drift domain provides. */
export interface CountingPort {
  freezeBaseline(
    session: Session,
    view: string,
    columns: readonly CountedColumn[],
    options: { readonly policy: DriftPolicy },
  ): Promise<Baseline>;
  countAgainst(session: Session, view: string, baseline: Baseline): Promise<CurrentCounts>;
}

export const SCORE: readonly CountedColumn[] = [{ name: 'score', kind: 'numeric' }];

export function featureColumns({ numeric, categorical }: FeatureSpec): CountedColumn[] {
  return [
    ...numeric.map((name): CountedColumn => ({ name, kind: 'numeric' })),
    ...categorical.map((name): CountedColumn => ({ name, kind: 'categorical' })),
  ];
}

/** @param from a relation, with what selects its rows */
export async function createCountedView(
  session: Session,
  view: string,
  columns: readonly CountedColumn[],
  from: string,
): Promise<void> {
  const selected = columns.map(
    ({ name, kind }) => `${typed(quoteIdentifier(name), kind)} AS ${quoteIdentifier(name)}`,
  );
  await session.run(`CREATE VIEW ${quoteIdentifier(view)} AS SELECT ${selected.join(', ')} FROM ${from}`);
}

function typed(column: string, kind: CountedColumn['kind']): string {
  if (kind === 'categorical') return `CAST(${column} AS VARCHAR)`;
  const number = `CAST(${column} AS DOUBLE)`;
  return `CASE WHEN isnan(${number}) THEN NULL ELSE ${number} END`;
}
