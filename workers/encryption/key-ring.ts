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

type Entries = ReadonlyMap<string, z.infer<typeof Entry>>;

interface Loaded {
  readonly at: number;
  readonly current: string;
  readonly entries: Entries;
}

/**
 * Reads nothing before it is first asked. A ring that can't be read again, or whose new current key can't be opened, is
 * used on as it was: rotation must not stop the work. Keys that are not current are unwrapped when a payload asks for
 * them: one that KMS has lost closes what it closed, and nothing else.
 */
export function createKeyRing(ports: KeyRingPorts): KeyRing {
  const now = ports.now ?? Date.now;
  const open = createOpener(ports.unwrap);
  let loaded: Loaded | undefined;
  let loading: Promise<Loaded> | undefined;

  const load = async (): Promise<Loaded> => {
    try {
      const ring = parseRing(await ports.read());
      await open(ring.current, ring.entries);
      loaded = { ...ring, at: now() };
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
      const { entries, current } = await atMostOld(FRESH_MS);
      return open(current, entries);
    },
    async find(id) {
      const { entries } = await atMostOld(FRESH_MS);
      return open(id, entries.has(id) ? entries : (await atMostOld(ASK_AGAIN_MS)).entries);
    },
  };
}

type Open = (id: string, entries: Entries) => Promise<Key>;

/** Each wrapped key is unwrapped once for as long as the process lives; a failure is not kept. */
function createOpener(unwrap: KeyRingPorts['unwrap']): Open {
  const unwrapped = new Map<string, Promise<Key>>();
  return async (id, entries) => {
    const entry = entries.get(id);
    if (entry === undefined) throw unknownKey(id, [...entries.keys()]);
    if (typeof entry === 'string') return keyOf(id, Buffer.from(entry, 'base64'));
    const known = unwrapped.get(entry.kms);
    if (known !== undefined) return { ...(await known), id };
    const key = unwrap(Buffer.from(entry.kms, 'base64')).then((bytes) => keyOf(id, Buffer.from(bytes)));
    unwrapped.set(entry.kms, key);
    key.catch(() => unwrapped.delete(entry.kms));
    return key;
  };
}

function unknownKey(id: string, known: readonly string[]): Error {
  return new Error(
    `The payload was encrypted with key ${id}, which is not in the ring (${known.join(', ')}). ` +
      'Keep a key in ASSAY_ENCRYPTION_KEYS for as long as histories that it closed are read.',
  );
}

/** @throws Error unless it is a key of AES-256 */
function keyOf(id: string, bytes: Buffer): Key {
  if (bytes.length === KEY_BYTES) return { id, bytes };
  throw new Error(
    `Key ${id} has ${bytes.length} bytes, and AES-256 needs ${KEY_BYTES}: \`openssl rand -base64 32\` makes one.`,
  );
}

/** Never quotes what it was given: it holds keys. */
function parseRing(text: string): Omit<Loaded, 'at'> {
  const parsed = Ring.safeParse(jsonOf(text));
  if (parsed.success) {
    const entries = new Map(Object.entries(parsed.data.keys));
    for (const [id, entry] of entries) if (typeof entry === 'string') keyOf(id, Buffer.from(entry, 'base64'));
    return { current: parsed.data.current, entries };
  }
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
