/** Who may have payloads decoded: holders of the token, and people whom the Web UI's own identity provider vouches for. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { createRemoteJWKSet, jwtVerify } from 'jose';

export interface CodecAccess {
  /** A shared token, for `temporal --codec-auth` and scripts. */
  readonly token?: string;
  /** The identity provider of the Web UI, which passes on the access token of who is logged in. */
  readonly oidc?: IdentityProvider;
}

interface IdentityProvider {
  readonly issuer: string;
  readonly audience: string;
  /** Who of those that it vouches for may read payloads, by the token's `sub`: everybody where none is named. */
  readonly subjects?: readonly string[];
}

interface Caller {
  /** For the log. */
  readonly who: string;
  /** Known, and still not one of those who may read. */
  readonly stranger?: true;
}

/** `undefined` where nobody vouches for who asks. */
export type Authenticate = (authorization: string | undefined) => Promise<Caller | undefined>;

/** @throws Error where neither is configured: payloads are not shown to just anybody */
export function createAuthenticate({ token, oidc }: CodecAccess): Authenticate {
  const verify = oidc && createVerifier(oidc);
  if (token === undefined && verify === undefined) {
    throw new Error(
      'The codec server needs to know whom it may answer: set ASSAY_CODEC_TOKEN, or ASSAY_CODEC_ISSUER and ASSAY_CODEC_AUDIENCE.',
    );
  }
  return async (authorization) => {
    const [, given] = /^Bearer (\S+)$/i.exec(authorization ?? '') ?? [];
    if (given === undefined) return undefined;
    if (token !== undefined && isSame(given, token)) return { who: 'token' };
    return verify?.(given);
  };
}

/** Keys come from the provider's discovery document, are cached, and are fetched again when one is unknown. */
function createVerifier({ issuer, audience, subjects = [] }: IdentityProvider) {
  let keys: Promise<ReturnType<typeof createRemoteJWKSet>> | undefined;
  return async (token: string): Promise<Caller | undefined> => {
    keys ??= discover(issuer);
    const jwks = await keys.catch((error: unknown) => {
      keys = undefined;
      throw error;
    });
    try {
      const { payload } = await jwtVerify(token, jwks, { issuer, audience });
      const who = payload.sub ?? 'someone without a subject';
      return subjects.length === 0 || subjects.includes(who) ? { who } : { who, stranger: true };
    } catch {
      return undefined;
    }
  };
}

async function discover(issuer: string): Promise<ReturnType<typeof createRemoteJWKSet>> {
  const answer = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
  const document: unknown = await answer.json();
  if (answer.ok && typeof document === 'object' && document !== null && 'jwks_uri' in document) {
    return createRemoteJWKSet(new URL(String(document.jwks_uri)));
  }
  throw new Error(`${issuer} has no usable discovery document (HTTP ${answer.status}).`);
}

/** In a time that does not tell how much of it was right. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
