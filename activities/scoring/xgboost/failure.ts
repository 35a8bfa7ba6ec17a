/** What can be wrong with a model file: it is damaged, or it asks for what the converter does not do. */
import { ApplicationFailure } from '@temporalio/common';

export function invalidModel(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, 'InvalidModel');
}

/** `what` the model needs, and what to do `instead`. */
export function unsupportedModel(what: string, instead: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(`${what} can't be converted. ${instead}`, 'UnsupportedModel', {
    what,
    instead,
  });
}
