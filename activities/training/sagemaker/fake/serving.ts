/** The fake's models and endpoints: an endpoint is in service some time after it was created. */
import { invalid, type Operation } from './protocol.ts';

interface Endpoint {
  readonly config: string;
  readonly readyAt: number;
}

export interface Served {
  readonly models: ReadonlyMap<string, unknown>;
  readonly endpoints: ReadonlyMap<string, unknown>;
}

/** @param pace milliseconds until an endpoint is in service */
export function createServing(pace: number): {
  readonly served: Served;
  readonly operations: Readonly<Record<string, Operation>>;
} {
  const models = new Map<string, unknown>();
  const configs = new Map<string, { readonly ModelName: string }[]>();
  const endpoints = new Map<string, Endpoint>();

  const add = <T>(kind: string, all: Map<string, T>, name: string, value: T): void => {
    if (all.has(name)) throw invalid(`Cannot create already existing ${kind} "${name}".`);
    all.set(name, value);
  };
  const drop = (kind: string, all: Map<string, unknown>, name: string): Record<string, never> => {
    if (!all.delete(name)) throw invalid(`Could not find ${kind} "${name}".`);
    return {};
  };
  const createConfig: Operation = ({ EndpointConfigName, ProductionVariants }) => {
    const variants = ProductionVariants as { readonly ModelName: string }[];
    const missing = variants.find(({ ModelName }) => !models.has(ModelName));
    if (missing) throw invalid(`Could not find model "${missing.ModelName}".`);
    add('endpoint configuration', configs, EndpointConfigName as string, variants);
    return {};
  };
  const create: Operation = ({ EndpointName, EndpointConfigName: config }) => {
    if (!configs.has(config as string))
      throw invalid(`Could not find endpoint configuration "${config as string}".`);
    const endpoint = { config: config as string, readyAt: Date.now() + pace };
    add('endpoint', endpoints, EndpointName as string, endpoint);
    return {};
  };
  const describe: Operation = ({ EndpointName }) => {
    const found = endpoints.get(EndpointName as string);
    if (!found) throw invalid(`Could not find endpoint "${EndpointName as string}".`);
    return { EndpointName, EndpointStatus: Date.now() < found.readyAt ? 'Creating' : 'InService' };
  };
  return {
    served: { models, endpoints },
    operations: {
      CreateModel: (request) => {
        add('model', models, request['ModelName'] as string, request);
        return {};
      },
      CreateEndpointConfig: createConfig,
      CreateEndpoint: create,
      DescribeEndpoint: describe,
      DeleteEndpoint: ({ EndpointName }) => drop('endpoint', endpoints, EndpointName as string),
      DeleteEndpointConfig: ({ EndpointConfigName }) =>
        drop('endpoint configuration', configs, EndpointConfigName as string),
      DeleteModel: ({ ModelName }) => drop('model', models, ModelName as string),
    },
  };
}
