/** Nothing that an activity gives back, in a result or in a failure, holds a secret that this process has resolved. */
import { ApplicationFailure } from '@temporalio/common';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';

/** A chain of causes may be a circle. */
const DEEPEST = 20;

export function createSecretGuard(redact: (text: string) => string): ActivityInterceptorsFactory {
  return ({ info }) => ({
    inbound: {
      async execute(input, next) {
        try {
          return withoutSecrets(await next(input), info.activityType, redact);
        } catch (error) {
          throw redacted(error, redact);
        }
      },
    },
  });
}

/** A result is data: replacing a part of it would hand on something wrong. @throws SecretInResult */
function withoutSecrets(result: unknown, activity: string, redact: (text: string) => string): unknown {
  const text = JSON.stringify(result);
  if (text === undefined || redact(text) === text) return result;
  throw ApplicationFailure.nonRetryable(
    `the result of ${activity} holds a secret: return its reference, secret://name, and resolve that where it is used`,
    'SecretInResult',
  );
}

/** The error itself, for its type decides about retries; in it and in its causes, references for values. */
function redacted(error: unknown, redact: (text: string) => string): unknown {
  let link = error;
  for (let depth = 0; link instanceof Error && depth < DEEPEST; depth += 1) {
    link.message = redact(link.message);
    if (link.stack !== undefined) link.stack = redact(link.stack);
    if (link instanceof ApplicationFailure) {
      const details: unknown = JSON.parse(redact(JSON.stringify(link.details ?? null)));
      Object.assign(link, { details });
    }
    link = link.cause;
  }
  return error;
}
