/** The calls of SageMaker's API that training needs, cancelled with their task, with errors that say what to do. */
import {
  CreateTrainingJobCommand,
  DescribeTrainingJobCommand,
  StopTrainingJobCommand,
  type CreateTrainingJobCommandInput,
  type DescribeTrainingJobCommandOutput,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';

import { attempt } from '../../attempt.ts';
import { isTaken, isUnknownJob, toldOfApi } from './failures.ts';

export interface TrainingApi {
  /** False where the name is taken. */
  create(request: CreateTrainingJobCommandInput): Promise<boolean>;
  /** `undefined` where there is no such job. */
  describe(name: string): Promise<DescribeTrainingJobCommandOutput | undefined>;
  stop(name: string): Promise<void>;
}

export function createTrainingApi(client: SageMakerClient): TrainingApi {
  const options = (): { abortSignal: AbortSignal } => ({ abortSignal: attempt().signal });
  return {
    create: (request) =>
      unless(isTaken, false, async () => {
        await client.send(new CreateTrainingJobCommand(request), options());
        return true;
      }),
    describe: (TrainingJobName) =>
      unless(isUnknownJob, undefined, () =>
        client.send(new DescribeTrainingJobCommand({ TrainingJobName }), options()),
      ),
    stop: (TrainingJobName) =>
      // What has ended meanwhile can't be stopped, and need not be.
      unless(isValidation, undefined, async () => {
        await client.send(new StopTrainingJobCommand({ TrainingJobName }), options());
      }),
  };
}

async function unless<T>(expected: (error: unknown) => boolean, then: T, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (expected(error)) return then;
    throw toldOfApi(error);
  }
}

function isValidation(error: unknown): boolean {
  return error instanceof Error && error.name === 'ValidationException';
}
