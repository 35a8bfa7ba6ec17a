/** Starts the next attempt of a run that is over: from tasks on, or what failed; the rest comes from the ledger. */
import { setTimeout as sleep } from 'node:timers/promises';

import { unknownTasks } from '../../workflows/domain/memo.ts';
import { parseRunId } from '../../workflows/domain/run-id.ts';
import type { Rerun } from '../../workflows/domain/run-input.ts';
import type { RunRecord } from '../../workflows/domain/run-record.ts';
import { Refusal } from '../refusal.ts';
import { pinnedTo } from './code-version.ts';
import { findAttempt } from './find.ts';
import type { FoundAttempt } from './find.ts';
import { liveRun } from './live.ts';
import { unknownTask } from './result.ts';
import type { RunServices } from './services.ts';
import { startRun } from './start.ts';
import type { Start } from './start.ts';

const CLOSING = 5000;

export interface RerunOptions {
  readonly startedBy?: string;
  /** `original`: by workers of the version that the attempt before began with. `latest` by default. */
  readonly code?: 'original' | 'latest';
}

/** @throws Refusal UnknownRun, UnknownTask, RunStillOpen, NothingToRerun, NoSuchWorkers */
export async function rerunRun(
  services: RunServices,
  run: string,
  rerun: Rerun,
  { startedBy, code = 'latest' }: RerunOptions = {},
): Promise<{ run: string; attempt: number }> {
  const found = await findAttempt(services, run);
  const record = found.record ?? (await unswept(services, found));
  const unknown = unknownTasks(record.tasks, rerun);
  if (unknown.length > 0) throw unknownTask(record, unknown);
  const isMarked = (await services.ledger.marks(run, found.attempt)).length > 0;
  if ('onlyFailed' in rerun && record.state === 'success' && !isMarked) {
    const message = `${run} has nothing that failed: its attempt ${record.attempt} is a success`;
    throw new Refusal('NothingToRerun', message, { next: `assay runs rerun ${run} --from <task>` });
  }
  const { pipeline, fireTime } = parseRunId(run) ?? {
    pipeline: record.pipeline,
    fireTime: record.interval.end,
  };
  const attempt = found.attempt + 1;
  const input = {
    ...(record.key === undefined ? {} : { key: record.key }),
    fireTime,
    interval: record.interval,
    attempt,
    rerun,
    ...(startedBy === undefined ? {} : { startedBy }),
  };
  const override = code === 'original' && {
    versioningOverride: await pinnedTo(await services.client(), run, record.codeVersion),
  };
  await startWhenClosed(services, { pipeline, run, input, ...override });
  return { run, attempt };
}

/** The workflow of the attempt before closes a moment after its record is written. */
async function startWhenClosed(services: RunServices, start: Start): Promise<void> {
  const deadline = Date.now() + CLOSING;
  while (!(await startRun(services, start))) {
    if (Date.now() > deadline) throw stillOpen(start.run);
    await sleep(100);
  }
}

/** A run that was cut off and not swept yet tells of itself by replay; the next attempt settles it. */
async function unswept(services: RunServices, found: FoundAttempt): Promise<RunRecord> {
  const live = await liveRun(await services.client(), found);
  if (live?.state === 'running') throw stillOpen(found.run);
  if (live?.record !== undefined) return live.record;
  throw new Refusal('NoRecordYet', `${found.run} ended without a record; one is written within minutes`, {
    next: `assay runs show ${found.run}`,
  });
}

function stillOpen(run: string): Refusal {
  return new Refusal('RunStillOpen', `${run} is still open; only a run that is over can be run again`, {
    next: `assay runs cancel ${run}`,
  });
}
