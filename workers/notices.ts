/** Wires notices: the channels of the environment, and Temporal to deliver them. */
import type { SNSClient } from '@aws-sdk/client-sns';
import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';

import { createNotifyActivities } from '../activities/notify/activities.ts';
import type { DeliveryInput, NotifyActivities, StartDelivery } from '../activities/notify/contract.ts';
import { openNotifier } from '../activities/notify/notifiers.ts';
import type { ObjectStore } from '../activities/store/contract.ts';
import type { Secrets } from '../activities/secrets/contract.ts';
import type { AssayConfig } from '../temporal.config.ts';

/** Temporal takes 400 bytes. */
const SUMMARY_CHARACTERS = 130;

interface NoticeServices {
  readonly store: ObjectStore;
  readonly secrets: Secrets;
  readonly config: Pick<AssayConfig, 'notices'>;
  readonly temporal: Client;
  /** Of the control workers. */
  readonly taskQueue: string;
}

export function openNotices({
  store,
  secrets,
  config,
  temporal,
  taskQueue,
}: NoticeServices): NotifyActivities {
  const { channels, defaults } = config.notices;
  return createNotifyActivities({
    store,
    channels,
    defaults,
    open: (channel) => openNotifier(channel, { secrets, write: writeLine, sns: openSns }),
    startDelivery: createStartDelivery(temporal, taskQueue),
  });
}

/** Under an ID that is the notice's: the second who posts it finds it there. */
function createStartDelivery(client: Client, taskQueue: string): StartDelivery {
  return async (workflowId, input) => {
    try {
      await client.workflow.start<(input: DeliveryInput) => Promise<unknown>>('delivery', {
        workflowId,
        taskQueue,
        args: [input],
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        staticSummary: input.notice.title.slice(0, SUMMARY_CHARACTERS),
      });
      return true;
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
      throw error;
    }
  };
}

function writeLine(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** The SDK is loaded when a channel first needs it; region and credentials are found as AWS's own tools find them. */
async function openSns(): Promise<SNSClient> {
  const { SNSClient } = await import('@aws-sdk/client-sns');
  return new SNSClient({ maxAttempts: 3 });
}
