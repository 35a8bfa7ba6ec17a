/** The keys that payloads are encrypted with: one is current, the others still open what they once closed. */
import { z } from 'zod';

/** AES-256: 32 bytes. */
const KEY_BYTES = 32;
/** How long a ring is used before it is read again, so that a rotation needs no restart. */
const FRESH_MS = 5 * 60_000;
/** A payload under an unknown key may have been written just after a rotation: then the ring is read at once, but no more often than this. */
const ASK_AGAIN_MS = 10_000;

export interface Key {
  /** Stands beside every payload, in plain text. */
  readonly id: string;
  readonly bytes: Buffer;
}

export interface KeyRing {
  current(): Promise<Key>;
  /** @throws Error naming a key that the ring does not have */
  find(id: string): Promise<Key>;
}

/** A key in plain base64, or as KMS has wrapped it. */
const Entry = z.union([z.string().min(1), z.strictObject({ kms: z.string().min(1) })]);

/** `{"current":"2026-11","keys":{"2026-11":"<base64 of 32 bytes>","2026-05":{"kms":"<base64 of KMS's ciphertext>"}}}` */
const Ring = z
  .strictObject({
    current: z.string().min(1),
    keys: z.record(z.string().regex(/^[\w.-]{1,64}$/, 'letters, digits, ., _ and -'), Entry),
  })
  .refine(({ current, keys }) => current in keys, {
    path: ['current'],
    message: 'names a key that is not among `keys`',
  });

export interface KeyRingPorts {
  /** The ring as JSON: from the environment or from a secret. */
  readonly read: () => Promise<string>;
  /** Plain bytes of a key that KMS has wrapped. */
  readonly unwrap: (wrapped: Uint8Array) => Promise<Uint8Array>;
  readonly now?: () => number;
}

interface Loaded {
  readonly at: number;
  readonly current: string;
  readonly keys: ReadonlyMap<string, Key>;
}

/** Reads nothing before it is first asked. A ring that can't be read again is used on: rotation must not stop the work. */
export function createKeyRing(ports: KeyRingPorts): KeyRing {
  const now = ports.now ?? Date.now;
  let loaded: Loaded | undefined;
  let loading: Promise<Loaded> | undefined;

  const load = async (): Promise<Loaded> => {
    try {
      loaded = { ...(await readRing(ports)), at: now() };
    } catch (error) {
      if (loaded === undefined) throw error;
      loaded = { ...loaded, at: now() };
    } finally {
      loading = undefined;
    }
    return loaded;
  };
  const atMostOld = async (age: number): Promise<Loaded> => {
    if (loaded !== undefined && now() - loaded.at < age) return loaded;
    return (loading ??= load());
  };

  return {
    async current() {
      const { keys, current } = await atMostOld(FRESH_MS);
      return present(keys, current);
    },
    async find(id) {
      const known = (await atMostOld(FRESH_MS)).keys.get(id);
      return known ?? present((await atMostOld(ASK_AGAIN_MS)).keys, id);
    },
  };
}

function present(keys: ReadonlyMap<string, Key>, id: string): Key {
  const key = keys.get(id);
  if (key !== undefined) return key;
  throw new Error(
    `The payload was encrypted with key ${id}, which is not in the ring (${[...keys.keys()].join(', ')}). ` +
      'Keep a key in ASSAY_ENCRYPTION_KEYS for as long as histories that it closed are read.',
  );
}

async function readRing({ read, unwrap }: KeyRingPorts): Promise<Omit<Loaded, 'at'>> {
  const { current, keys } = parseRing(await read());
  const opened = await Promise.all(
    Object.entries(keys).map(async ([id, entry]): Promise<[string, Key]> => {
      const bytes =
        typeof entry === 'string'
          ? Buffer.from(entry, 'base64')
          : Buffer.from(await unwrap(Buffer.from(entry.kms, 'base64')));
      if (bytes.length === KEY_BYTES) return [id, { id, bytes }];
      throw new Error(
        `Key ${id} has ${bytes.length} bytes, and AES-256 needs ${KEY_BYTES}: \`openssl rand -base64 32\` makes one.`,
      );
    }),
  );
  return { current, keys: new Map(opened) };
}

/** Never quotes what it was given: it holds keys. */
function parseRing(text: string): z.infer<typeof Ring> {
  const parsed = Ring.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `  ${path.join('.') || 'it'}: ${message}`);
  throw new Error(
    `The encryption keys are not usable. Expected {"current":"ID","keys":{"ID":"<base64 of 32 bytes>"}}:\n${problems.join('\n')}`,
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
