/** State changes as EventBridge delivers them: near real time, some of them twice, and not in order. */
import { randomUUID } from 'node:crypto';

import { createRandom } from '../../../../workflows/domain/random.ts';

export interface StateChange {
  readonly id: string;
  readonly source: 'aws.sagemaker';
  readonly 'detail-type': 'SageMaker Training Job State Change';
  readonly account: string;
  readonly region: string;
  readonly time: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Where events go; a failing delivery is forgotten, as a lost event is. */
type Deliver = (event: StateChange) => Promise<void>;

export interface EventOptions {
  readonly deliver: Deliver;
  readonly seed: number;
  /** Milliseconds by which an event may be late. */
  readonly spread: number;
}

const TWICE = 0.3;

export interface EventBus {
  publish(
    job: { readonly arn: string; readonly region: string; readonly account: string },
    detail: object,
  ): void;
  /** Resolves when all that was published has been delivered. */
  settled(): Promise<void>;
}

export function createEventBus(options: EventOptions | undefined): EventBus {
  const random = createRandom(options?.seed ?? 0);
  const under = new Set<Promise<void>>();
  const later = (event: StateChange): void => {
    if (!options) return;
    const delivery = new Promise<void>((resolve) => {
      setTimeout(() => {
        options.deliver(event).then(resolve, () => resolve());
      }, random() * options.spread);
    });
    under.add(delivery);
    void delivery.finally(() => under.delete(delivery));
  };
  return {
    publish({ arn, region, account }, detail) {
      const event: StateChange = {
        id: randomUUID(),
        source: 'aws.sagemaker',
        'detail-type': 'SageMaker Training Job State Change',
        account,
        region,
        time: new Date().toISOString(),
        resources: [arn],
        detail: { ...detail },
      };
      later(event);
      if (random() < TWICE) later(event);
    },
    async settled() {
      while (under.size > 0) await Promise.all(under);
    },
  };
}
