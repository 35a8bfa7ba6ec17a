/** Questions that runs ask people: from the runs that the ledger knows to be open, each asked for its own. */
import type { Client } from '@temporalio/client';

import type { OpenAttempt } from '../../activities/ledger/contract.ts';
import { APPROVALS_QUERY, type OpenApproval } from '../../workflows/domain/approval.ts';
import { describe, stateOf } from '../runs/description.ts';
import type { RunServices } from '../runs/services.ts';

export interface OpenApprovals {
  /** The one that has waited longest first. */
  readonly approvals: readonly OpenApproval[];
  /** Runs for which no worker answers: whether they ask anything is not known. */
  readonly unanswered: readonly string[];
}

/** Runs that are asked at a time, and milliseconds for each: a worker that is there answers at once. */
const LANES = 8;
const PATIENCE = 5000;

/** @param run the only one to ask; all by default */
export async function openApprovals(
  { ledger, client }: Pick<RunServices, 'ledger' | 'client'>,
  run?: string,
): Promise<OpenApprovals> {
  const left = (await ledger.open()).filter((open) => run === undefined || open.run === run);
  const approvals: OpenApproval[] = [];
  const unanswered: string[] = [];
  if (left.length === 0) return { approvals, unanswered };
  const connected = await client();
  const lane = async (): Promise<void> => {
    for (let open = left.shift(); open !== undefined; open = left.shift()) {
      const found = await questionsOf(connected, open);
      if (found === undefined) unanswered.push(open.run);
      else approvals.push(...found);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  const sorted = approvals.toSorted((a, b) => a.since.localeCompare(b.since) || a.run.localeCompare(b.run));
  return { approvals: sorted, unanswered: unanswered.toSorted() };
}

/** `undefined` where nobody can tell. */
async function questionsOf(
  client: Client,
  { holder: { workflowId } }: OpenAttempt,
): Promise<readonly OpenApproval[] | undefined> {
  try {
    const found = await client.withDeadline(Date.now() + PATIENCE, () =>
      client.workflow.getHandle(workflowId).query<readonly OpenApproval[]>(APPROVALS_QUERY),
    );
    return found.length > 0 && (await isOver(client, workflowId)) ? [] : found;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    // Over, or of other code: then it asks nothing.
    return (await isOver(client, workflowId)) || error.name === 'QueryNotRegisteredError' ? [] : undefined;
  }
}

/** A run that was cut off still tells of itself, by replay. */
async function isOver(client: Client, workflowId: string): Promise<boolean> {
  const description = await describe(client, workflowId);
  return description === undefined || stateOf(description) !== 'running';
}
