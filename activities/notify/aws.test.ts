/** SNS and Secrets Manager over AWS's own protocols, against moto's server. */
import {
  CreateSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { motoMissing, startMoto, type Moto } from '../../testing/moto.ts';
import { createAwsSecrets } from '../secrets/aws.ts';
import { createSecrets } from '../secrets/secrets.ts';
import { CredentialRefused } from '../secrets/contract.ts';
import type { Delivered } from './contract.ts';
import { createSns } from './sns.ts';

const notice: Delivered = {
  id: 'b'.repeat(64),
  key: 'medallion-2026-02-01T00:00:00Z/1/failure',
  event: 'failure',
  at: '2026-02-01T00:10:00.000Z',
  title: 'medallion → failed\nbadly',
  text: 'silver: no rows',
  pipeline: 'medallion',
};
const signal = new AbortController().signal;

let moto: Moto;
let sns: SNSClient;
let sqs: SQSClient;
let manager: SecretsManagerClient;
beforeAll(async () => {
  if (motoMissing !== undefined) return;
  moto = await startMoto();
  sns = new SNSClient(moto.client);
  sqs = new SQSClient(moto.client);
  manager = new SecretsManagerClient(moto.client);
});
beforeEach((context) => {
  if (motoMissing !== undefined) context.skip(motoMissing);
});
afterAll(() => moto?.stop());

/** A topic, and a queue that is subscribed to it: what comes out there was published. */
async function topicWithQueue(
  name: string,
  attributes: Record<string, string> = {},
): Promise<{ topicArn: string; queue: string }> {
  const { TopicArn: topicArn = '' } = await sns.send(
    new CreateTopicCommand({ Name: name, Attributes: attributes }),
  );
  const { QueueUrl: queue = '' } = await sqs.send(
    new CreateQueueCommand({ QueueName: name, Attributes: attributes }),
  );
  const Endpoint = topicArn.replace(':sns:', ':sqs:');
  await sns.send(new SubscribeCommand({ TopicArn: topicArn, Protocol: 'sqs', Endpoint }));
  return { topicArn, queue };
}

async function arrived(queue: string): Promise<Record<string, unknown>[]> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl: queue, MaxNumberOfMessages: 10 }),
  );
  return Messages.map(({ Body = '{}' }) => JSON.parse(Body) as Record<string, unknown>);
}

const secrets = createSecrets({ sources: [] });

describe('the SNS channel', () => {
  it('publishes JSON for programs, with a subject that mail can carry and attributes to filter by', async () => {
    const { topicArn, queue } = await topicWithQueue('notices');
    await createSns({ client: sns, topicArn, secrets }).send(notice, signal);
    const [message] = await arrived(queue);
    expect(message).toMatchObject({
      Subject: 'medallion failed badly',
      MessageAttributes: {
        event: { Value: 'failure' },
        pipeline: { Value: 'medallion' },
        noticeId: { Value: notice.id },
      },
    });
    expect(JSON.parse(String(message?.['Message']))).toEqual(notice);
  });

  it('lets a topic that keeps the order drop the second of two tries', async () => {
    const { topicArn, queue } = await topicWithQueue('notices.fifo', {
      FifoTopic: 'true',
      FifoQueue: 'true',
    });
    const channel = createSns({ client: sns, topicArn, secrets });
    await channel.send(notice, signal);
    await channel.send(notice, signal);
    expect(await arrived(queue)).toHaveLength(1);
  });

  it('says that a topic does not exist, and does not try that again', async () => {
    const topicArn = 'arn:aws:sns:eu-central-1:123456789012:nowhere';
    await expect(createSns({ client: sns, topicArn, secrets }).send(notice, signal)).rejects.toMatchObject({
      type: 'NoticeRefused',
      nonRetryable: true,
    });
  });
});

describe('secrets of AWS Secrets Manager', () => {
  const put = (name: string, value: string): Promise<unknown> =>
    manager.send(new CreateSecretCommand({ Name: name, SecretString: value }));

  it('are found under the prefix, and a text of bytes as well as one of characters', async () => {
    await put('assay/test/slack', 'https://hooks.example.org/x');
    await manager.send(
      new CreateSecretCommand({ Name: 'assay/test/key', SecretBinary: Buffer.from('bytes of it') }),
    );
    const ours = createSecrets({ sources: [createAwsSecrets(manager, 'assay/test/')] });
    const used = await ours.use({ url: 'secret://slack', key: 'secret://key' }, async (values) => values);
    expect(used).toEqual({ url: 'https://hooks.example.org/x', key: 'bytes of it' });
  });

  it('are fetched anew when a rotated one is refused', async () => {
    await put('assay/test/rotating', 'first password');
    const ours = createSecrets({ sources: [createAwsSecrets(manager, 'assay/test/')] });
    await ours.use({ password: 'secret://rotating' }, async () => undefined);
    await manager.send(
      new PutSecretValueCommand({ SecretId: 'assay/test/rotating', SecretString: 'second password' }),
    );
    const accepted = await ours.use({ password: 'secret://rotating' }, async ({ password }) => {
      if (password === 'first password') throw new CredentialRefused('401');
      return password;
    });
    expect(accepted).toBe('second password');
  });

  it('are looked for in vain where there is none, with the name in the failure', async () => {
    const ours = createSecrets({ sources: [createAwsSecrets(manager, 'assay/test/')] });
    const used = ours.use({ password: 'secret://gone' }, async () => undefined);
    await expect(used).rejects.toMatchObject({
      type: 'UnknownSecret',
      message: expect.stringContaining('gone'),
    });
  });

  it('fail for a while, not for good, where AWS can not be reached', async () => {
    const nowhere = new SecretsManagerClient({
      ...moto.client,
      endpoint: 'http://127.0.0.1:9',
      maxAttempts: 1,
    });
    const ours = createSecrets({ sources: [createAwsSecrets(nowhere)] });
    const used = ours.use({ password: 'secret://any' }, async () => undefined);
    await expect(used).rejects.toMatchObject({ type: 'SecretUnreadable', nonRetryable: false });
  });
});
