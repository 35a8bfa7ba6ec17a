/** Records and stores for the ledger's tests. */

import { temporaryFolder } from '../../../testing/temporary-folder.ts';
import type { RunRecord, TaskRecord } from '../../../workflows/domain/run-record.ts';
import { createLocalStore } from '../../store/local-store.ts';
import type { ObjectStore } from '../../store/contract.ts';

export const RUN = 'readmission.north-2026-01-31T00:00:00Z';

export async function temporaryStore(): Promise<ObjectStore> {
  return createLocalStore(await temporaryFolder('ledger'));
}

export function taskRecord(name: string, rest: Partial<TaskRecord> = {}): TaskRecord {
  return { name, state: 'success', tries: 1, after: [], fromMemo: false, ...rest };
}

export function runRecord(rest: Partial<RunRecord> = {}): RunRecord {
  return {
    run: RUN,
    pipeline: 'readmission',
    key: 'north',
    attempt: 1,
    state: 'success',
    interval: { start: '2026-01-01T00:00:00Z', end: '2026-01-31T00:00:00Z' },
    params: { project: 'north' },
    startedBy: 'cli',
    codeVersion: 'test',
    workflowId: RUN,
    workflowRunId: 'first',
    startedAt: '2026-02-01T08:00:00.000Z',
    clock: '2026-02-01T08:00:00.000Z',
    endedAt: '2026-02-01T08:01:00.000Z',
    tasks: [taskRecord('bronze'), taskRecord('silver', { after: ['bronze'] })],
    ...rest,
  };
}
