/** `secret://name` and `secret://name#field`. */
import { ApplicationFailure } from '@temporalio/common';

export interface SecretReference {
  readonly name: string;
  /** Of a secret that is a JSON object, as Secrets Manager keeps those of databases. */
  readonly field?: string;
}

const SCHEME = 'secret://';
const REFERENCE = /^secret:\/\/(?<name>[\w/+=.@-]+)(?:#(?<field>[\w.-]+))?$/;

/** `undefined` for a text that is none. @throws InvalidSecretReference */
export function parseSecretReference(text: string): SecretReference | undefined {
  if (!text.startsWith(SCHEME)) return undefined;
  const groups = REFERENCE.exec(text)?.groups;
  if (groups?.['name'] === undefined) {
    throw ApplicationFailure.nonRetryable(
      `'${text}' is no reference to a secret: write secret://name or secret://name#field`,
      'InvalidSecretReference',
    );
  }
  const { name, field } = groups;
  return field === undefined ? { name } : { name, field };
}
