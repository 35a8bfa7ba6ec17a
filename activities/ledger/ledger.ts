/** The ledger's read side: runs as their records tell them, without a server. */
import { parseRunId } from '../../workflows/domain/run-id.ts';
import type { RunRecord } from '../../workflows/domain/run-record.ts';
import type { ObjectStore } from '../store/contract.ts';
import { claimedAttempts, readClaim } from './claim.ts';
import type { Ledger } from './contract.ts';
import { recordKey } from './keys.ts';
import { listRuns } from './listing.ts';
import { readLogs } from './log-reader.ts';
import { readMarks, writeMark } from './marks.ts';
import { loadResults, loadTasks } from './memo.ts';
import { readJson } from './objects.ts';
import { readPause } from './pauses.ts';
import { openAttempts } from './open.ts';

export function createLedger(store: ObjectStore): Ledger {
  async function attempts(run: string): Promise<number[]> {
    return parseRunId(run) === undefined ? [] : claimedAttempts(store, run);
  }
  return {
    attempts,
    list: (filter = {}) => listRuns(store, filter),
    async record(run, attempt) {
      const number = attempt ?? (await attempts(run)).at(-1);
      return number === undefined ? undefined : readJson<RunRecord>(store, recordKey(run, number));
    },
    holder: async (run, attempt) => (await readClaim(store, run, attempt))?.holder,
    paused: (pipeline) => readPause(store, pipeline),
    open: () => openAttempts(store),
    tasks: (part) => loadTasks(store, part),
    result: async (stored) => (await loadResults(store, [stored]))[0],
    marks: (run, attempt) => readMarks(store, run, attempt),
    mark: (run, attempt, resolution) => writeMark(store, run, attempt, resolution),
    logs: (run, attempt, filter) => readLogs(store, run, attempt, filter),
  };
}
