/** Secrets out of the environment: `ASSAY_SECRET_<NAME>`, in capitals, with `_` for all but letters and digits. */
import type { SecretSource } from './contract.ts';

export function createEnvironmentSecrets(
  variables: Readonly<Record<string, string | undefined>>,
): SecretSource {
  return {
    name: 'the environment',
    read: async (name) => variables[variableOf(name)],
  };
}

function variableOf(name: string): string {
  return `ASSAY_SECRET_${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}`;
}
