/** Models of SageMaker behind endpoints: made, waited for, and taken away again, each call harmless when repeated. */
import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  DeleteEndpointCommand,
  DeleteEndpointConfigCommand,
  DeleteModelCommand,
  DescribeEndpointCommand,
  type ProductionVariantInstanceType,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { ApplicationFailure } from '@temporalio/common';

import type { ServingActivities } from './contract.ts';
import { toldOfApi } from './failures.ts';

/** @param role that the container runs as */
export function createServingActivities(client: SageMakerClient, role: string): ServingActivities {
  return {
    createModel: ({ name, image, archive }) => {
      const PrimaryContainer = { Image: image, ModelDataUrl: archive };
      const request = { ModelName: name, ExecutionRoleArn: role, PrimaryContainer };
      return unless(isThere, () => client.send(new CreateModelCommand(request)));
    },
    createEndpoint: async ({ name, instance }) => {
      const variant = {
        VariantName: 'all',
        ModelName: name,
        InitialInstanceCount: 1,
        InstanceType: instance as ProductionVariantInstanceType,
      };
      const config = { EndpointConfigName: name, ProductionVariants: [variant] };
      await unless(isThere, () => client.send(new CreateEndpointConfigCommand(config)));
      const endpoint = { EndpointName: name, EndpointConfigName: name };
      await unless(isThere, () => client.send(new CreateEndpointCommand(endpoint)));
    },
    inService: async ({ name }) => {
      const { EndpointStatus: status, FailureReason: reason } = await client
        .send(new DescribeEndpointCommand({ EndpointName: name }))
        .catch((error: unknown) => {
          throw toldOfApi(error);
        });
      if (status === 'InService') return { name };
      if (status === 'Failed') {
        throw ApplicationFailure.nonRetryable(`The endpoint ${name} has failed: ${reason}`, 'EndpointFailed');
      }
      throw ApplicationFailure.create({ message: `${name}: ${status}`, type: 'NotYet' });
    },
    remove: async ({ name }) => {
      await unless(isGone, () => client.send(new DeleteEndpointCommand({ EndpointName: name })));
      await unless(isGone, () => client.send(new DeleteEndpointConfigCommand({ EndpointConfigName: name })));
      await unless(isGone, () => client.send(new DeleteModelCommand({ ModelName: name })));
    },
  };
}

async function unless(expected: (error: Error) => boolean, call: () => Promise<unknown>): Promise<void> {
  try {
    await call();
  } catch (error) {
    if (!(error instanceof Error && expected(error))) throw toldOfApi(error);
  }
}

function isThere({ message }: Error): boolean {
  return /already existing|already exists/i.test(message);
}

function isGone({ message }: Error): boolean {
  return /could not find/i.test(message);
}
