/** Where this process finds secrets: in its environment, and in AWS Secrets Manager where the configuration says so. */
import type { Secrets, SecretSource } from '../activities/secrets/contract.ts';
import { createEnvironmentSecrets } from '../activities/secrets/environment.ts';
import { createSecrets } from '../activities/secrets/secrets.ts';
import type { AssayConfig } from '../temporal.config.ts';
import type { Env } from './env.ts';

export function openSecrets(
  { variables }: Pick<Env, 'variables'>,
  { secrets }: Pick<AssayConfig, 'secrets'>,
): Secrets {
  const own = createEnvironmentSecrets(variables);
  if (secrets.awsPrefix === undefined) return createSecrets({ sources: [own] });
  return createSecrets({ sources: [own, awsSecrets(secrets.awsPrefix)] });
}

/** The SDK is loaded when the first secret is asked for. */
function awsSecrets(prefix: string): SecretSource {
  let opened: Promise<SecretSource> | undefined;
  const open = async (): Promise<SecretSource> => {
    const [{ SecretsManagerClient }, { createAwsSecrets }] = await Promise.all([
      import('@aws-sdk/client-secrets-manager'),
      import('../activities/secrets/aws.ts'),
    ]);
    return createAwsSecrets(new SecretsManagerClient({ maxAttempts: 4 }), prefix);
  };
  return {
    name: 'AWS Secrets Manager',
    read: async (name) => (await (opened ??= open())).read(name),
  };
}
