/** Secrets out of AWS Secrets Manager: the current version of `<prefix><name>`. */
import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerServiceException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { ApplicationFailure } from '@temporalio/common';
import type { SecretSource } from './contract.ts';

export function createAwsSecrets(client: SecretsManagerClient, prefix = ''): SecretSource {
  return {
    name: 'AWS Secrets Manager',
    async read(name) {
      try {
        const found = await client.send(new GetSecretValueCommand({ SecretId: prefix + name }));
        return found.SecretString ?? new TextDecoder().decode(found.SecretBinary);
      } catch (error) {
        if (error instanceof ResourceNotFoundException) return undefined;
        throw unreadable(prefix + name, error);
      }
    },
  };
}

/** What AWS refuses stays refused until somebody changes a policy; all else is tried again. */
function unreadable(id: string, error: unknown): Error {
  const { name = 'Error', message = String(error) } = error instanceof Error ? error : {};
  const status = error instanceof SecretsManagerServiceException ? error.$metadata.httpStatusCode : undefined;
  const isRefused = status === 400 && /AccessDenied|UnrecognizedClient|InvalidRequest|Decryption/.test(name);
  return ApplicationFailure.create({
    message: `AWS Secrets Manager does not give ${id}: ${name}: ${message}. The worker's role needs secretsmanager:GetSecretValue on it, and kms:Decrypt on its key`,
    type: 'SecretUnreadable',
    nonRetryable: isRefused,
  });
}
