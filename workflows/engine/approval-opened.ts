/** Who is told when a run begins to wait for a person: once for each question, not again in a new history. */
import type { OpenApproval } from '../domain/approval.ts';

/** Called in the workflow, with the question open: what takes time must be started, not waited for. */
export const approvalOpened: ((approval: OpenApproval) => void)[] = [];
