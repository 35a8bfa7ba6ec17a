/** The implementation for each kind of channel. */
import type { SNSClient } from '@aws-sdk/client-sns';
import type { ChannelDeclaration } from '../../workflows/domain/notices/channel.ts';
import type { Secrets } from '../secrets/contract.ts';
import type { Notifier } from './contract.ts';
import { createLogNotifier } from './log.ts';
import { createSlack } from './slack.ts';
import { createWebhook } from './webhook.ts';

export interface NotifierPorts {
  readonly secrets: Pick<Secrets, 'use'>;
  readonly write: (line: string) => void;
  readonly sns: () => Promise<SNSClient>;
}

/** The clients of mail and of SNS are loaded where a channel needs them. */
export async function openNotifier(
  channel: ChannelDeclaration,
  { secrets, write, sns }: NotifierPorts,
): Promise<Notifier> {
  switch (channel.kind) {
    case 'log':
      return createLogNotifier(write);
    case 'webhook':
      return createWebhook({ ...channel, secrets });
    case 'slack':
      return createSlack({ ...channel, secrets });
    case 'email': {
      const { createEmail } = await import('./email.ts');
      return createEmail({ ...channel, secrets });
    }
    case 'sns': {
      const { createSns } = await import('./sns.ts');
      return createSns({ ...channel, client: await sns(), secrets });
    }
  }
}
