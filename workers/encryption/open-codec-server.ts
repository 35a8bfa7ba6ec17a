/** The codec server with the environment's keys and callers. */
import type { Env } from '../env.ts';
import { createAuthenticate } from './codec-access.ts';
import { startCodecServer, type CodecServer, type CodecServerOptions } from './codec-server.ts';
import { openCodec, openCurrentKey } from './open-encryption.ts';

type Listener = Pick<CodecServerOptions, 'host' | 'port' | 'origins' | 'log'>;

const LOOPBACK = ['127.0.0.1', '::1', 'localhost'];

/** @throws Error where there are no keys or they can't be opened, or where everybody of a network would be answered */
export async function openCodecServer(
  env: Pick<Env, 'encryptionKeys' | 'codecAccess'>,
  { open, ...listener }: Listener & { readonly open: boolean },
): Promise<CodecServer> {
  const codec = openCodec(env);
  if (codec === undefined)
    throw new Error('There is nothing to decode with: ASSAY_ENCRYPTION_KEYS is not set.');
  if (open && !LOOPBACK.includes(listener.host))
    throw new Error(`Without authentication the codec server listens on 127.0.0.1, not on ${listener.host}.`);
  await openCurrentKey({ payloadCodecs: [codec] });
  const authenticate = open ? undefined : createAuthenticate(env.codecAccess);
  return startCodecServer({ ...listener, codec, authenticate });
}
