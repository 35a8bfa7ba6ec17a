/** Posts JSON to a receiver, and tells faults that pass from those that stay. */
import { ApplicationFailure } from '@temporalio/common';
import { CredentialRefused } from '../secrets/contract.ts';

export interface PostOptions {
  readonly signal: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Milliseconds that a receiver may take. */
const PATIENCE = 15_000;
/** Others of these hundreds say that the notice is not wanted as it is. */
const MAY_PASS = new Set([408, 409, 425, 429]);

/** @throws NoticeRefused, NoticeNotTaken; CredentialRefused at 401 and 403 */
export async function postJson(url: string, body: string, { signal, headers }: PostOptions): Promise<void> {
  const target = safeUrl(url);
  const response = await fetch(target, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', 'user-agent': 'assay', ...headers },
    // A signed notice goes to whom it was signed for.
    redirect: 'manual',
    signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]),
  }).catch((error: unknown) => {
    throw new Error(`${target.host} can not be reached: ${reasonOf(error)}`);
  });
  await response.body?.cancel();
  if (!response.ok) throw refusal(response, target.host);
}

/** Notices tell of patients' data pipelines: not in the clear beyond this machine. */
function safeUrl(url: string): URL {
  const target = URL.canParse(url) ? new URL(url) : undefined;
  const isLocal = target?.protocol === 'http:' && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(target.hostname);
  if (target?.protocol === 'https:' || (target !== undefined && isLocal)) return target;
  throw ApplicationFailure.nonRetryable(
    'the address of a channel must begin with https:// (http:// only on this machine); correct it in temporal.config.ts, or the secret that it refers to',
    'InvalidChannel',
  );
}

function refusal({ status, headers }: Response, host: string): Error {
  if (status === 401 || status === 403) {
    return new CredentialRefused(`${host} refuses the credentials (${status})`);
  }
  if (status >= 300 && status < 500 && !MAY_PASS.has(status)) {
    const message = `${host} does not take the notice (${status}): look whether the channel's address still holds`;
    return ApplicationFailure.nonRetryable(message, 'NoticeRefused');
  }
  const after = Number(headers.get('retry-after'));
  return ApplicationFailure.create({
    message: `${host} does not take the notice now (${status})`,
    type: 'NoticeNotTaken',
    ...(after > 0 && { nextRetryDelay: after * 1000 }),
  });
}

/** Node says `fetch failed`, and why in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
