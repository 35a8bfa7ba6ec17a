/** Puts references back in the place of the values that were resolved from them. */

export interface Redactor {
  remember(reference: string, value: string): void;
  readonly redact: (text: string) => string;
}

/** A shorter value may be part of any word: it would give itself away by what is missing. */
const SHORTEST = 6;
/** Of rotated values, the newest so many are still looked for. */
const REMEMBERED = 1_000;

export function createRedactor(): Redactor {
  const references = new Map<string, string>();
  const remember = (reference: string, form: string): void => {
    if (form.length < SHORTEST) return;
    // The first reference stays: a field of a secret is named more closely than the whole.
    references.set(form, references.get(form) ?? reference);
    const [oldest] = references.keys();
    if (references.size > REMEMBERED && oldest !== undefined) references.delete(oldest);
  };
  return {
    remember(reference, value) {
      for (const form of formsOf(value)) remember(reference, form);
    },
    redact(text) {
      const found = [...references].filter(([form]) => text.includes(form));
      // Longest first: one value may be part of another.
      found.sort(([a], [b]) => b.length - a.length);
      return found.reduce((redacted, [form, reference]) => redacted.replaceAll(form, reference), text);
    },
  };
}

/** As it is, and as it looks within JSON, an address and Basic authentication, and the password of an address. */
function formsOf(value: string): Set<string> {
  const forms = new Set([
    value,
    value.trim(),
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value),
    Buffer.from(value).toString('base64'),
  ]);
  if (URL.canParse(value)) {
    const { href, password } = new URL(value);
    forms.add(href).add(password).add(decodeURIComponent(password));
  }
  return forms;
}
