/** Notices on their way: from whoever has something to tell to every channel that wants to hear it. */
import type { Notice } from '../../workflows/domain/notices/notice.ts';

/** A notice on its way to one channel: delivered at least once. */
export interface Delivered extends Notice {
  /** Digest of the key, 64 hexadecimal digits: what receivers drop repetitions by. */
  readonly id: string;
}

/** The port: one implementation for each kind of channel. */
export interface Notifier {
  /** Idempotent where the receiver drops repetitions of `id`. @throws NoticeRefused where repeating is no use */
  send(notice: Delivered, signal: AbortSignal): Promise<void>;
}

/** What only a person can mend, told by a workflow that is no run of a pipeline, or by a task. */
interface Page {
  /** The same for the same trouble: a page is given once for each key. */
  readonly key: string;
  readonly title: string;
  readonly text: string;
  /** Names of channels; by default those to which the environment sends pages. */
  readonly to?: readonly string[];
  /** RFC 3339. */
  readonly at?: string;
}

export interface NotifyActivities {
  /**
   * Hands the notice to a workflow that delivers it, so that nobody waits for a receiver. What was posted before
   * under the same key is not posted again.
   */
  post(input: { notice: Notice; to: readonly string[] }): Promise<{ readonly posted: boolean }>;
  page(input: Page): Promise<{ readonly posted: boolean }>;
  /** One notice to one channel; the way there is a Temporal workflow's, with its retries. @throws UnknownChannel */
  send(input: { notice: Notice; channel: string }): Promise<void>;
}

/** Starts the workflow `delivery`. False where one under this ID runs, or ran as far as Temporal remembers. */
export type StartDelivery = (workflowId: string, input: DeliveryInput) => Promise<boolean>;

export interface DeliveryInput {
  readonly notice: Notice;
  readonly to: readonly string[];
}
