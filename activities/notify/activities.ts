/** The notices' activities: posting is quick and happens once, sending may take its time. */
import { createHash } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';

import type { ChannelDeclaration, Channels } from '../../workflows/domain/notices/channel.ts';
import { channelsFor, type Notice, type Subscription } from '../../workflows/domain/notices/notice.ts';
import { attempt } from '../attempt.ts';
import type { ObjectStore } from '../store/contract.ts';
import type { Notifier, NotifyActivities, StartDelivery } from './contract.ts';

export interface NotifyDeps {
  readonly store: ObjectStore;
  readonly channels: Channels;
  readonly open: (channel: ChannelDeclaration) => Promise<Notifier>;
  /** What the environment sends where. */
  readonly defaults: readonly Subscription[];
  readonly startDelivery: StartDelivery;
}

/** Temporal's visibility takes IDs of 255 characters. */
const LONGEST_ID = 200;

export function createNotifyActivities(deps: NotifyDeps): NotifyActivities {
  const { store, channels, open, defaults, startDelivery } = deps;
  const opened = new Map<string, Promise<Notifier>>();

  const post: NotifyActivities['post'] = async ({ notice, to }) => {
    if (to.length === 0) return { posted: false };
    const object = noticeKey(notice);
    // Temporal forgets what has ended; the store does not.
    if ((await store.head(object)) !== undefined) return { posted: false };
    const posted = await startDelivery(deliveryId(notice), { notice, to });
    await store.putIfAbsent(object, JSON.stringify({ ...notice, to }));
    return { posted };
  };

  return {
    post,
    page: ({ key, title, text, to, at = new Date().toISOString() }) =>
      post({
        notice: { key: `${key}/page`, event: 'page', at, title, text },
        to: to ?? channelsFor(defaults, 'page'),
      }),
    async send({ notice, channel }) {
      const declared = channels[channel];
      if (declared === undefined) throw unknownChannel(channel, channels);
      const notifier = opened.get(channel) ?? open(declared);
      opened.set(channel, notifier);
      await (await notifier).send({ ...notice, id: digest(notice.key) }, attempt().signal);
    },
  };
}

/** Where a notice stands that was posted: `notices/<digest of its key>.json`. */
function noticeKey({ key }: Notice): string {
  return `notices/${digest(key)}.json`;
}

function deliveryId({ key }: Notice): string {
  const id = `notice.${key}`;
  return id.length <= LONGEST_ID ? id : `notice.${digest(key)}`;
}

function digest(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

function unknownChannel(channel: string, channels: Channels): ApplicationFailure {
  const known = Object.keys(channels).join(', ') || 'none';
  return ApplicationFailure.nonRetryable(
    `no channel is named ${channel}; this environment has ${known}. Declare it under notices.channels in temporal.config.ts`,
    'UnknownChannel',
  );
}
