/** Contracts between the layers: what must hold of an interval before anything is made from it. */
import { ApplicationFailure } from '@temporalio/common';

import { judgeContract } from '../../workflows/domain/contract-verdict.ts';
import type { Interval } from '../../workflows/domain/interval.ts';
import { INTERVAL_COLUMN, type Contract, type ProjectSpec } from '../../workflows/domain/project.ts';
import type { TableRef } from '../../workflows/domain/reference.ts';
import { attempt } from '../attempt.ts';
import type { CheckResult, DuckDB, Lake, Session } from './contract.ts';
import { countContracts, exampleKeys } from './contract-counts.ts';
import { intervalId } from './partitions.ts';

export interface CheckInput {
  readonly spec: ProjectSpec;
  readonly interval: Interval;
  readonly layer: Contract['layer'];
  readonly tables: Readonly<Record<string, TableRef>>;
}

/** @throws ContractFailed when one of severity `fail` does not hold; all results are its details */
export async function check(
  { lake, duckdb }: { readonly lake: Lake; readonly duckdb: DuckDB },
  input: CheckInput,
): Promise<{ results: CheckResult[] }> {
  const contracts = input.spec.contracts.filter(({ layer }) => layer === input.layer);
  requireTables(input, contracts);
  const results = await duckdb.session(async (session) => {
    for (const [name, ref] of Object.entries(input.tables)) {
      await lake.attach(session, name, ref, { where: { [INTERVAL_COLUMN]: [intervalId(input.interval)] } });
    }
    return checkViews(session, contracts, {
      key: input.spec.source.key,
      asOf: new Date(input.interval.end).getTime(),
    });
  });
  for (const { name, verdict, failing } of results) attempt().log('contract', { name, verdict, failing });
  const failed = results.filter(({ verdict }) => verdict === 'fail');
  if (failed.length > 0) throw contractFailed(input, failed, results);
  return { results };
}

/** Contracts against views that bear the names of their tables. */
export async function checkViews(
  session: Session,
  contracts: readonly Contract[],
  { key, asOf }: { readonly key: string; readonly asOf: number },
): Promise<CheckResult[]> {
  const results = new Map<string, CheckResult>();
  for (const view of new Set(contracts.map(({ table }) => table))) {
    const group = contracts.filter(({ table }) => table === view);
    const counts = await countContracts(session, view, group);
    for (const [index, contract] of group.entries()) {
      const counted = counts[index];
      if (!counted) continue;
      const { holds, observed, expected } = judgeContract(contract, counted, asOf);
      const { name, severity } = contract;
      results.set(name, {
        name,
        severity,
        verdict: holds ? 'pass' : severity,
        observed,
        expected,
        failing: counted.failing,
        examples: holds ? [] : await exampleKeys(session, view, contract, key),
      });
    }
  }
  return contracts.flatMap(({ name }) => results.get(name) ?? []);
}

function requireTables({ layer, tables }: CheckInput, contracts: readonly Contract[]): void {
  const wanted = contracts.flatMap((contract) =>
    contract.check === 'reference' ? [contract.table, contract.toTable] : [contract.table],
  );
  const missing = [...new Set(wanted)].filter((table) => tables[table] === undefined);
  if (missing.length === 0) return;
  throw ApplicationFailure.nonRetryable(
    `Contracts of the ${layer} layer are about ${missing.join(', ')}, whose versions were not handed over. Pass every table of the layer.`,
    'MissingTable',
    { layer, missing },
  );
}

function contractFailed(
  { spec, layer }: CheckInput,
  failed: readonly CheckResult[],
  results: readonly CheckResult[],
): ApplicationFailure {
  const reasons = failed.map(({ name, expected, observed, examples }) => {
    const where = examples.length > 0 ? `; for example ${examples.join(', ')}` : '';
    return `"${name}" wants ${expected} and found ${String(observed)}${where}`;
  });
  return ApplicationFailure.nonRetryable(
    `${failed.length} of ${results.length} contracts of ${spec.name}'s ${layer} layer failed: ${reasons.join('. ')}. Mend the data or the contract, then rerun from ${layer}.`,
    'ContractFailed',
    { results: [...results] },
  );
}
