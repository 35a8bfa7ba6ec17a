/** Notices to a topic of Amazon SNS: words for people, JSON for programs, attributes to filter subscriptions by. */
import {
  InvalidParameterException,
  NotFoundException,
  PublishCommand,
  type SNSClient,
} from '@aws-sdk/client-sns';
import { ApplicationFailure } from '@temporalio/common';
import type { Secrets } from '../secrets/contract.ts';
import type { Delivered, Notifier } from './contract.ts';

export interface SnsOptions {
  readonly client: Pick<SNSClient, 'send'>;
  readonly topicArn: string;
  readonly secrets: Pick<Secrets, 'use'>;
}

/** Of a subject, which e-mail shows; ASCII without line breaks. */
const SUBJECT_CHARACTERS = 100;

export function createSns({ client, topicArn, secrets }: SnsOptions): Notifier {
  return {
    send: (notice, signal) =>
      secrets.use({ topicArn }, async ({ topicArn: topic }) => {
        const command = new PublishCommand({
          TopicArn: topic,
          Subject: subjectOf(notice),
          MessageStructure: 'json',
          Message: JSON.stringify({
            default: JSON.stringify(notice),
            email: `${notice.text}\n`,
            sms: notice.title,
          }),
          MessageAttributes: attributesOf(notice),
          // A topic that keeps the order drops repetitions for five minutes.
          ...(topic.endsWith('.fifo') && {
            MessageGroupId: notice.pipeline ?? 'assay',
            MessageDeduplicationId: notice.id,
          }),
        });
        await client.send(command, { abortSignal: signal }).catch(refused);
      }),
  };
}

function attributesOf({ id, event, pipeline }: Delivered): PublishCommand['input']['MessageAttributes'] {
  const text = (value: string) => ({ DataType: 'String', StringValue: value });
  return {
    noticeId: text(id),
    event: text(event),
    ...(pipeline !== undefined && { pipeline: text(pipeline) }),
  };
}

function subjectOf({ title }: Delivered): string {
  return title.replaceAll(/[^\x21-\x7e]+/g, ' ').slice(0, SUBJECT_CHARACTERS);
}

function refused(error: unknown): never {
  if (!(error instanceof InvalidParameterException) && !(error instanceof NotFoundException)) throw error;
  const message = `SNS does not take the notice: ${error.message}; correct the topic's ARN in temporal.config.ts`;
  throw ApplicationFailure.nonRetryable(message, 'NoticeRefused');
}
