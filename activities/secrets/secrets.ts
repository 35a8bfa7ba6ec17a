/** Resolves references: from the first source that knows the name, kept for a short time, fetched again when refused. */
import { ApplicationFailure } from '@temporalio/common';
import { CredentialRefused, type Secrets, type SecretSource } from './contract.ts';
import { parseSecretReference, type SecretReference } from './reference.ts';
import { createRedactor } from './redactor.ts';

export interface SecretsOptions {
  /** Asked in this order. */
  readonly sources: readonly SecretSource[];
  /** Milliseconds for which a value is used without asking again; 5 minutes by default. */
  readonly keepFor?: number;
  readonly now?: () => number;
}

interface Kept {
  readonly value: Promise<string>;
  readonly until: number;
}

const KEEP_FOR = 5 * 60_000;

export function createSecrets({ sources, keepFor = KEEP_FOR, now = Date.now }: SecretsOptions): Secrets {
  const kept = new Map<string, Kept>();
  const redactor = createRedactor();

  const fetched = (name: string): Promise<string> => {
    const known = kept.get(name);
    if (known !== undefined && known.until > now()) return known.value;
    const value = readFrom(sources, name);
    kept.set(name, { value, until: now() + keepFor });
    // What could not be read now may be there in a moment.
    value.catch(() => kept.delete(name));
    return value;
  };
  const resolved = async (text: string): Promise<string> => {
    const reference = parseSecretReference(text);
    if (reference === undefined) return text;
    const whole = await fetched(reference.name);
    redactor.remember(`secret://${reference.name}`, whole);
    const value = valueOf(reference, whole);
    redactor.remember(text, value);
    return value;
  };
  const resolvedAll = async (texts: Readonly<Record<string, string>>): Promise<Record<string, string>> => {
    const entries = await Promise.all(
      Object.entries(texts).map(async ([key, text]) => [key, await resolved(text)] as const),
    );
    return Object.fromEntries(entries);
  };

  return {
    redact: redactor.redact,
    async use(texts, use) {
      type Values = Parameters<typeof use>[0];
      const values = await resolvedAll(texts);
      try {
        return await use(values as Values);
      } catch (error) {
        if (!(error instanceof CredentialRefused)) throw error;
        for (const text of Object.values(texts)) kept.delete(parseSecretReference(text)?.name ?? '');
        const anew = await resolvedAll(texts);
        if (Object.entries(anew).every(([key, value]) => values[key] === value)) throw error;
        return use(anew as Values);
      }
    },
  };
}

async function readFrom(sources: readonly SecretSource[], name: string): Promise<string> {
  for (const source of sources) {
    const value = await source.read(name);
    if (value !== undefined && value !== '') return value;
  }
  const asked = sources.map((source) => source.name).join(' nor ');
  throw ApplicationFailure.nonRetryable(
    `neither ${asked} has a secret named ${name}: put it there, or correct the reference`,
    'UnknownSecret',
  );
}

function valueOf({ name, field }: SecretReference, whole: string): string {
  if (field === undefined) return whole;
  const value = fieldOf(whole, field);
  if (typeof value === 'string' && value !== '') return value;
  throw ApplicationFailure.nonRetryable(
    `the secret ${name} is no JSON object with a text under ${field}: correct it, or the reference`,
    'UnknownSecret',
  );
}

function fieldOf(whole: string, field: string): unknown {
  try {
    const parsed: unknown = JSON.parse(whole);
    return typeof parsed === 'object' && parsed !== null
      ? Object.entries(parsed).find(([key]) => key === field)?.[1]
      : undefined;
  } catch {
    // The parser's message would quote the secret.
    return undefined;
  }
}
