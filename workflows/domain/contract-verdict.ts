/** Whether a contract holds, judged from counts. Nothing to judge is never fine. */
import type { Contract } from './project.ts';

/** What SQL counts for a contract. */
export interface ContractCounts {
  /** Rows of the table in the interval. */
  readonly rows: number;
  /** Rows that break the contract; for a null share, rows that are NULL. */
  readonly failing: number;
  /** Freshness only: the newest value, milliseconds since 1970. */
  readonly newest?: number | null;
}

export interface ContractVerdict {
  readonly holds: boolean;
  readonly observed: number | string | null;
  readonly expected: string;
}

/** @param asOf end of the interval, milliseconds since 1970; never the clock, so a late run judges alike. */
export function judgeContract(contract: Contract, counts: ContractCounts, asOf: number): ContractVerdict {
  const expected = describe(contract);
  if (contract.check === 'row-count') {
    return { holds: inside(counts.rows, contract.min, contract.max), observed: counts.rows, expected };
  }
  // Free SQL may well be about a table that is empty for a good reason.
  if (counts.rows === 0 && contract.check !== 'sql') {
    return { holds: false, observed: 'no rows to judge', expected };
  }
  if (contract.check === 'null-share') {
    const share = counts.failing / counts.rows;
    return { holds: share <= contract.max, observed: share, expected };
  }
  if (contract.check === 'freshness') {
    const ageHours = (asOf - (counts.newest ?? Number.NaN)) / 3_600_000;
    const observed = Number.isFinite(ageHours) ? ageHours : null;
    return { holds: observed !== null && observed <= contract.maxAgeHours, observed, expected };
  }
  return { holds: counts.failing === 0, observed: counts.failing, expected };
}

function describe(contract: Contract): string {
  switch (contract.check) {
    case 'not-null':
      return `no NULL in ${contract.columns.join(', ')}`;
    case 'unique':
      return `${contract.columns.join(', ')} unique`;
    case 'accepted-values':
      return `${contract.column} one of ${contract.values.join(', ')}`;
    case 'range':
      return `${contract.column} ${bounds(contract.min, contract.max)}`;
    case 'row-count':
      return `rows ${bounds(contract.min, contract.max)}`;
    case 'null-share':
      return `at most ${contract.max} of ${contract.column} NULL`;
    case 'freshness':
      return `newest ${contract.column} at most ${contract.maxAgeHours} hours before the interval's end`;
    case 'reference':
      return `every ${contract.column} in ${contract.toTable}.${contract.toColumn}`;
    case 'sql':
      return 'no row from the query';
  }
}

function bounds(min: number | undefined, max: number | undefined): string {
  if (min === undefined) return `at most ${max}`;
  return max === undefined ? `at least ${min}` : `from ${min} to ${max}`;
}

function inside(value: number, min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY): boolean {
  return value >= min && value <= max;
}
