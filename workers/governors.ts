/** Governors as workflows: one for a model, started by whoever needs it first, reached by updates. */
import { WorkflowNotFoundError, WorkflowUpdateFailedError, type Client } from '@temporalio/client';
import { ApplicationFailure, defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

import type { Governors } from '../activities/governance/activities.ts';
import type { Answer } from '../activities/governance/contract.ts';
import { createSearchAttributes } from '../activities/ledger/search-attributes.ts';
import type { ProjectSpec } from '../workflows/domain/project.ts';
import type { GovernorState } from '../workflows/governor.ts';

const MODEL = defineSearchAttributeKey('AssayModel', SearchAttributeType.KEYWORD);

type Governed = Pick<ProjectSpec, 'model'> & { readonly project: string };

export function createGovernors(client: Client, taskQueue: string): Governors {
  const attributes = createSearchAttributes(client);
  return {
    ask: (governed, { key, ...ask }, signal) =>
      client.withAbortSignal(signal, async () => {
        await ensureGovernor(client, taskQueue, governed, attributes);
        const handle = client.workflow.getHandle(governorId(governed.model));
        // Under its own ID an ask that is repeated meets itself.
        const options = { updateId: key, args: [{ key, ...ask }] as [object] };
        return handle.executeUpdate<Answer, [object]>('decide', options).catch(refused);
      }),
  };
}

/** Its answer stands: asking again under the same key would bring the same. */
function refused(error: unknown): never {
  if (!(error instanceof WorkflowUpdateFailedError)) throw error;
  throw ApplicationFailure.nonRetryable(error.cause?.message ?? error.message, 'NotDecided');
}

/** What it is at, as far as a worker tells within the time; `undefined` where there is no governor yet. */
export async function governorState(
  client: Client,
  model: string,
  withinMs: number,
): Promise<GovernorState | undefined> {
  try {
    return await client.withDeadline(Date.now() + withinMs, () =>
      client.workflow.getHandle(governorId(model)).query<GovernorState>('state'),
    );
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

/** Nothing is changed where it runs already. */
export async function ensureGovernor(
  client: Client,
  taskQueue: string,
  { project, model }: Governed,
  attributes = createSearchAttributes(client),
): Promise<void> {
  // One that the namespace does not know would keep it from starting, and so must not finding it out.
  const known = await attributes().catch((): readonly string[] => []);
  await client.workflow.start('governor', {
    workflowId: governorId(model),
    taskQueue,
    args: [{ project, model }],
    workflowIdConflictPolicy: 'USE_EXISTING',
    ...(known.includes(MODEL.name) && { typedSearchAttributes: [{ key: MODEL, value: model }] }),
    staticSummary: `decides when ${model} is trained again`,
  });
}

function governorId(model: string): string {
  return `governor-${model}`;
}
