/**
 * Webhooks as Standard Webhooks specifies them, so that receivers have a library for it: headers `webhook-id` (the
 * notice's, the same for every try: drop repetitions by it), `webhook-timestamp` (Unix seconds of this try) and
 * `webhook-signature` (`v1,` and the HMAC-SHA256 of `<id>.<timestamp>.<body>` in base64, one for each secret).
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
import { createHmac } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import type { Secrets } from '../secrets/contract.ts';
import type { Notifier } from './contract.ts';
import { postJson } from './http.ts';

export interface WebhookOptions {
  readonly url: string;
  readonly signingSecret: string;
  readonly secrets: Pick<Secrets, 'use'>;
  readonly now?: () => number;
}

const PREFIX = 'whsec_';
/** The specification asks for 24 to 64 bytes. */
const SHORTEST_KEY = 24;

export function createWebhook({ url, signingSecret, secrets, now = Date.now }: WebhookOptions): Notifier {
  return {
    send: ({ id, ...notice }, signal) =>
      secrets.use({ url, signingSecret }, async (values) => {
        const body = JSON.stringify({
          type: `assay.${notice.event}`,
          timestamp: notice.at,
          data: { id, ...notice },
        });
        const timestamp = Math.floor(now() / 1000);
        const signature = signatures(values.signingSecret, { id, timestamp, body });
        await postJson(values.url, body, {
          signal,
          headers: {
            'webhook-id': id,
            'webhook-timestamp': String(timestamp),
            'webhook-signature': signature,
          },
        });
      }),
  };
}

/** @throws InvalidSigningSecret */
export function signatures(
  secrets: string,
  { id, timestamp, body }: { id: string; timestamp: number; body: string },
): string {
  const sign = (secret: string): string =>
    `v1,${createHmac('sha256', keyOf(secret)).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
  return secrets.trim().split(/\s+/).map(sign).join(' ');
}

function keyOf(secret: string): Buffer {
  const key = Buffer.from(secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : '', 'base64');
  if (key.length >= SHORTEST_KEY) return key;
  throw ApplicationFailure.nonRetryable(
    `the signing secret must read whsec_ and at least ${SHORTEST_KEY} bytes in base64: make one by \`echo whsec_$(openssl rand -base64 32)\``,
    'InvalidSigningSecret',
  );
}
