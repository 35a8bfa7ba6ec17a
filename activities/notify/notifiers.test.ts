/** Every channel but SNS over its real wire: HTTP and SMTP on this machine. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import type { ChannelDeclaration } from '../../workflows/domain/notices/channel.ts';
import { createEnvironmentSecrets } from '../secrets/environment.ts';
import { createSecrets } from '../secrets/secrets.ts';
import type { Delivered } from './contract.ts';
import { openNotifier } from './notifiers.ts';
import { startMailServer, type MailServer } from './testing/mail-server.ts';
import { startReceiver, type Receiver } from './testing/receiver.ts';
import { signatures } from './webhook.ts';

/** Secret, message and signature of the Standard Webhooks reference implementations' own tests. */
const VECTOR = {
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  timestamp: 1614265330,
  body: '{"test": 2432232314}',
  signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
};
const SECOND = 'whsec_c2Vjb25kIHNlY3JldCBvZiAzMiBieXRlcyBvciBtb3Jl';
const notice: Delivered = {
  id: 'a'.repeat(64),
  key: 'medallion-2026-02-01T00:00:00Z/1/failure',
  event: 'failure',
  at: '2026-02-01T00:10:00.000Z',
  title: 'medallion-2026-02-01T00:00:00Z failed',
  text: 'silver: <no rows> & no idea why',
  pipeline: 'medallion',
  run: 'medallion-2026-02-01T00:00:00Z',
};

const variables: Record<string, string> = {};
const secrets = createSecrets({ sources: [createEnvironmentSecrets(variables)], keepFor: 60_000 });
const lines: string[] = [];

async function send(channel: ChannelDeclaration, signal = new AbortController().signal): Promise<void> {
  const notifier = await openNotifier(channel, {
    secrets,
    write: (line) => void lines.push(line),
    sns: () => Promise.reject(new Error('no SNS here')),
  });
  await notifier.send(notice, signal);
}

let receiver: Receiver;
let mail: MailServer;
beforeAll(async () => {
  [receiver, mail] = await Promise.all([startReceiver(), startMailServer()]);
});
afterEach(() => {
  receiver.received.length = 0;
  mail.mails.length = 0;
});
afterAll(() => Promise.all([receiver.stop(), mail.stop()]));

function webhook(more: Partial<Extract<ChannelDeclaration, { kind: 'webhook' }>> = {}): ChannelDeclaration {
  return { kind: 'webhook', url: `${receiver.url}/in`, signingSecret: VECTOR.secret, ...more };
}

describe('signatures', () => {
  it('equals the published vector of Standard Webhooks', () => {
    expect(signatures(VECTOR.secret, VECTOR)).toBe(VECTOR.signature);
  });

  it('signs with both secrets while one replaces the other', () => {
    const both = signatures(`${SECOND} ${VECTOR.secret}`, VECTOR);
    expect(both.split(' ')).toEqual([signatures(SECOND, VECTOR), VECTOR.signature]);
  });

  it('refuses a secret that is too short to sign with, without showing it', () => {
    expect(() => signatures('whsec_c2hvcnQ=', VECTOR)).toThrow(/whsec_ and at least 24 bytes/);
    expect(() => signatures('whsec_c2hvcnQ=', VECTOR)).not.toThrow(/c2hvcnQ/);
  });
});

describe('a webhook', () => {
  it('sends the notice as JSON, signed, under an ID that is the same for every try', async () => {
    await send(webhook());
    await send(webhook());
    expect(receiver.received).toHaveLength(2);
    for (const { headers, body } of receiver.received) {
      expect(JSON.parse(body)).toMatchObject({
        type: 'assay.failure',
        data: { id: notice.id, run: notice.run, text: notice.text },
      });
      const timestamp = Number(headers['webhook-timestamp']);
      expect(Math.abs(Date.now() / 1000 - timestamp)).toBeLessThan(60);
      expect(headers['webhook-id']).toBe(notice.id);
      expect(headers['webhook-signature']).toBe(
        signatures(VECTOR.secret, { id: notice.id, timestamp, body }),
      );
    }
  });

  it('takes its address and its secret from references', async () => {
    variables['ASSAY_SECRET_HOOK'] = `${receiver.url}/hidden`;
    variables['ASSAY_SECRET_SIGNING'] = SECOND;
    await send(webhook({ url: 'secret://hook', signingSecret: 'secret://signing' }));
    expect(receiver.received[0]?.path).toBe('/hidden');
  });

  it('fetches its secrets again when it is refused, and tells no one of them when it stays so', async () => {
    variables['ASSAY_SECRET_ROTATED'] = `${receiver.url}/old`;
    await send(webhook({ url: 'secret://rotated' }));
    variables['ASSAY_SECRET_ROTATED'] = `${receiver.url}/new-path`;
    receiver.answer({ status: 401 }, { status: 200 });
    await send(webhook({ url: 'secret://rotated' }));
    expect(receiver.received.map(({ path }) => path)).toEqual(['/old', '/old', '/new-path']);
    receiver.answer({ status: 403 });
    const failure: unknown = await send(webhook({ url: 'secret://rotated' })).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ name: 'CredentialRefused' });
    expect(String(failure)).not.toContain('new-path');
  });

  it('gives up at what a receiver will never take', async () => {
    receiver.answer({ status: 410 });
    await expect(send(webhook())).rejects.toMatchObject({ type: 'NoticeRefused', nonRetryable: true });
  });

  it('follows no redirection, for the notice was signed for somebody else', async () => {
    receiver.answer({ status: 307, headers: { location: `${receiver.url}/elsewhere` } });
    await expect(send(webhook())).rejects.toMatchObject({ type: 'NoticeRefused' });
    expect(receiver.received).toHaveLength(1);
  });

  it('asks to be tried again later where the receiver is busy, and when it says', async () => {
    receiver.answer({ status: 503 }, { status: 429, headers: { 'retry-after': '7' } });
    await expect(send(webhook())).rejects.toMatchObject({ type: 'NoticeNotTaken', nonRetryable: false });
    await expect(send(webhook())).rejects.toMatchObject({ type: 'NoticeNotTaken', nextRetryDelay: 7000 });
  });

  it('refuses to send in the clear beyond this machine', async () => {
    const sending = send(webhook({ url: 'http://example.org/in' }));
    await expect(sending).rejects.toMatchObject({ type: 'InvalidChannel', nonRetryable: true });
  });

  it('says who can not be reached', async () => {
    const sending = send(webhook({ url: 'http://127.0.0.1:9/in' }));
    await expect(sending).rejects.toThrow(/127\.0\.0\.1:9 can not be reached/);
  });
});

describe('a Slack channel', () => {
  it('sends one text, in which nothing is taken for markup', async () => {
    await send({ kind: 'slack', url: `${receiver.url}/services/T/B/x` });
    const { text } = JSON.parse(receiver.received[0]?.body ?? '{}') as { text: string };
    expect(text).toBe(`:x: *${notice.title}*\nsilver: &lt;no rows&gt; &amp; no idea why`);
  });
});

describe('an e-mail channel', () => {
  const channel = (): ChannelDeclaration => ({
    kind: 'email',
    server: mail.url,
    from: 'assay@example.org',
    to: ['lead@example.org', 'oncall@example.org'],
  });

  it('mails the notice to everybody, under a message ID that is the same for every try', async () => {
    await send(channel());
    await send(channel());
    expect(mail.mails).toHaveLength(2);
    for (const { from, to, data } of mail.mails) {
      expect([from, to]).toEqual(['assay@example.org', ['lead@example.org', 'oncall@example.org']]);
      expect(data).toContain(`Subject: ${notice.title}`);
      // Long header lines are folded (RFC 5322, 2.2.3).
      expect(data.replaceAll('\n ', ' ')).toContain(`Message-ID: <${notice.id}@assay>`);
      expect(data).toContain(notice.text);
    }
  });

  it('is tried again after a temporary refusal, and not after a last word', async () => {
    mail.refuse('451 greylisted');
    await expect(send(channel())).rejects.toMatchObject({ responseCode: 451 });
    mail.refuse('554 no such thing here');
    await expect(send(channel())).rejects.toMatchObject({ type: 'NoticeRefused', nonRetryable: true });
  });

  it('does not give credentials to a server without encryption', async () => {
    const server = mail.url.replace('smtp://', 'smtp://user:correct-horse@');
    await expect(send({ ...channel(), server } as ChannelDeclaration)).rejects.toThrow(/STARTTLS/);
    expect(mail.mails).toEqual([]);
  });
});

describe('the log channel', () => {
  it('writes one line of JSON', async () => {
    await send({ kind: 'log' });
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([{ notice }]);
  });
});
