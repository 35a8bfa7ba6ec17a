/** The queue that events come from: Amazon SQS, whose messages come at least once and in no order. */
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';

export interface Message {
  readonly id: string;
  readonly body: string;
  /** Under which it was received this time. */
  readonly receipt: string;
  /** How often it has been received, this time included. */
  readonly received: number;
}

export interface MessageQueue {
  /** Waits up to 20 s for the first; at most ten. */
  receive(signal: AbortSignal): Promise<Message[]>;
  remove(messages: readonly Message[]): Promise<void>;
  /** Nobody else gets it for so many seconds from now; 0 hands it back at once. */
  hold(message: Message, seconds: number): Promise<void>;
  attributes(): Promise<{ readonly visibilitySeconds: number; readonly hasDeadLetters: boolean }>;
}

const WAIT_SECONDS = 20;
const MOST = 10;

export function createSqsQueue(client: SQSClient, url: string, waitSeconds = WAIT_SECONDS): MessageQueue {
  return {
    async receive(signal) {
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({
          QueueUrl: url,
          MaxNumberOfMessages: MOST,
          WaitTimeSeconds: waitSeconds,
          MessageSystemAttributeNames: ['ApproximateReceiveCount'],
        }),
        { abortSignal: signal },
      );
      return Messages.map(({ MessageId = '', Body = '', ReceiptHandle = '', Attributes = {} }) => ({
        id: MessageId,
        body: Body,
        receipt: ReceiptHandle,
        received: Number(Attributes.ApproximateReceiveCount ?? 1),
      }));
    },
    async remove(messages) {
      if (messages.length === 0) return;
      const Entries = messages.map(({ receipt }, at) => ({ Id: String(at), ReceiptHandle: receipt }));
      // What could not be removed comes again, and has been done already.
      await client.send(new DeleteMessageBatchCommand({ QueueUrl: url, Entries }));
    },
    async hold({ receipt }, seconds) {
      await client.send(
        new ChangeMessageVisibilityCommand({
          QueueUrl: url,
          ReceiptHandle: receipt,
          VisibilityTimeout: seconds,
        }),
      );
    },
    async attributes() {
      const { Attributes = {} } = await client.send(
        new GetQueueAttributesCommand({
          QueueUrl: url,
          AttributeNames: ['VisibilityTimeout', 'RedrivePolicy'],
        }),
      );
      return {
        visibilitySeconds: Number(Attributes.VisibilityTimeout ?? 30),
        hasDeadLetters: (Attributes.RedrivePolicy ?? '') !== '',
      };
    },
  };
}
