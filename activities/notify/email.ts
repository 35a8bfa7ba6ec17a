/** Notices by e-mail, over SMTP: any mail server, Amazon SES among them. */
import { ApplicationFailure } from '@temporalio/common';
import { createTransport } from 'nodemailer';
import { CredentialRefused, type Secrets } from '../secrets/contract.ts';
import type { Delivered, Notifier } from './contract.ts';

export interface EmailOptions {
  readonly server: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly secrets: Pick<Secrets, 'use'>;
}

/** Milliseconds. */
const PATIENCE = 15_000;

export function createEmail({ server, from, to, secrets }: EmailOptions): Notifier {
  return {
    send: (notice, signal) =>
      secrets.use({ server }, async (values) => {
        const transport = createTransport(serverOf(values.server));
        const stop = (): void => transport.close();
        signal.addEventListener('abort', stop, { once: true });
        try {
          await transport.sendMail(mailOf(notice, { from, to }));
        } catch (error) {
          throw refusal(error);
        } finally {
          signal.removeEventListener('abort', stop);
          transport.close();
        }
      }),
  };
}

/** Mail servers and mailboxes drop a second mail with the ID of the first. */
function mailOf(
  { id, event, title, text }: Delivered,
  { from, to }: { from: string; to: readonly string[] },
) {
  return {
    from,
    to: [...to],
    subject: title,
    text: `${text}\n`,
    messageId: `<${id}@assay>`,
    headers: { 'X-Assay-Event': event, 'Auto-Submitted': 'auto-generated' },
  };
}

function serverOf(address: string) {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || (url.protocol !== 'smtps:' && url.protocol !== 'smtp:')) {
    throw ApplicationFailure.nonRetryable(
      'the mail server must read smtps://user:password@host:465 or smtp://host:587; correct it in temporal.config.ts, or the secret that it refers to',
      'InvalidChannel',
    );
  }
  const { hostname, port, username, password } = url;
  const isSecure = url.protocol === 'smtps:';
  return {
    host: hostname,
    port: port === '' ? (isSecure ? 465 : 587) : Number(port),
    secure: isSecure,
    // Credentials never go in the clear; without any, a relay on this machine may be as it is.
    requireTLS: !isSecure && username !== '',
    ...(username !== '' && {
      auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) },
    }),
    connectionTimeout: PATIENCE,
    greetingTimeout: PATIENCE,
    socketTimeout: PATIENCE,
  };
}

/** A server's 5xx is its last word (RFC 5321, 4.2.1), but for 530 to 538, which are about credentials. */
function refusal(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { responseCode: code } = error as { responseCode?: number };
  if ((error as { code?: string }).code === 'EAUTH') return new CredentialRefused(error.message);
  if (code === undefined || code < 500) return error;
  return ApplicationFailure.nonRetryable(
    `the mail server does not take the notice: ${error.message}`,
    'NoticeRefused',
  );
}
