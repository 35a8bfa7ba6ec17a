/** A person's word to an open backfill: to rest, to go on, to end. It is heard whether or not a worker is there now. */
import { WorkflowNotFoundError } from '@temporalio/common';

import { Refusal } from '../refusal.ts';
import type { BackfillServices } from './services.ts';
import { knownBackfill } from './show.ts';

export interface Said {
  readonly by: string;
  readonly reason?: string;
  /** Of a cancellation: the runs that are open are asked to stop as well. */
  readonly runs?: boolean;
}

/** @throws Refusal UnknownBackfill, BackfillOver */
export async function sayToBackfill(
  services: BackfillServices,
  id: string,
  word: 'pause' | 'resume' | 'cancel',
  said: Said,
): Promise<void> {
  const { ending } = await knownBackfill(services, id);
  if (ending !== undefined) throw over(id, ending.state);
  const client = await services.client();
  try {
    await client.workflow.getHandle(id).signal(word, said);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) throw over(id, 'over');
    throw error;
  }
}

function over(id: string, state: string): Refusal {
  return new Refusal('BackfillOver', `${id} is not open: it is ${state}`, {
    next: `assay backfill show ${id}`,
  });
}
