/**
 * Secrets are references, `secret://name` or `secret://name#field`, wherever anything is written down: in
 * configuration, params, history, logs and reports. Activities resolve them, in the moment of use.
 */

export interface Secrets {
  /**
   * Runs `use` with every reference among `texts` replaced by its value; other texts stay as they are. Where it throws
   * `CredentialRefused` and fetching again brings another value, the secret has been rotated: `use` runs once more.
   * @throws UnknownSecret, SecretUnreadable
   */
  use<const Texts extends Readonly<Record<string, string>>, T>(
    texts: Texts,
    use: (values: { readonly [Name in keyof Texts]: string }) => Promise<T>,
  ): Promise<T>;
  /** Every value that this process has resolved becomes its reference again. */
  readonly redact: (text: string) => string;
}

/** Where values come from. */
export interface SecretSource {
  /** For people: `the environment`. */
  readonly name: string;
  /** `undefined` where it has none of this name. @throws SecretUnreadable */
  read(name: string): Promise<string | undefined>;
}

/** Thrown by whoever used a secret and was refused: the value may be an old one. */
export class CredentialRefused extends Error {
  override readonly name = 'CredentialRefused';
}
