/**
 * A SageMaker for tests and demonstrations: the API's protocol and state machine on this machine, with jobs that
 * really train. Peers fake the end only (jobs that are complete the moment they begin, without a model): waiting,
 * failing, cancelling and artefacts can be tried here.
 */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

import type { Algorithm } from './algorithm.ts';
import { createEventBus, type EventOptions } from './events.ts';
import { createFaults, type Faults } from './faults.ts';
import { createModelRegistry, type Packages } from './model-packages.ts';
import { invalid, serveOperations, ServiceError, type Operation } from './protocol.ts';
import { parseCreate } from './requests.ts';
import { createServing, type Served } from './serving.ts';
import { TrainingJobState, type Pace } from './training-job.ts';

export interface FakeOptions {
  readonly algorithm: Algorithm;
  /** Of a job's states. */
  readonly pace?: Pace;
  /** Jobs that may run at the same time. */
  readonly quota?: number;
  readonly events?: EventOptions;
  readonly port?: number;
}

export interface FakeSageMaker {
  /** `http://127.0.0.1:<port>` */
  readonly endpoint: string;
  readonly faults: Faults;
  readonly jobs: ReadonlyMap<string, TrainingJobState>;
  readonly packages: Packages;
  readonly served: Served;
  /** Every call so far, oldest first. */
  readonly calls: readonly string[];
  /** Jobs are stopped, events delivered. */
  stop(): Promise<void>;
}

const REGION = 'us-east-1';
const ACCOUNT = '123456789012';
const UNKNOWN = 'Requested resource not found.';

export async function startFakeSageMaker(options: FakeOptions): Promise<FakeSageMaker> {
  const { algorithm, pace = 200, quota = 20, port = 0 } = options;
  const faults = createFaults();
  const bus = createEventBus(options.events);
  const jobs = new Map<string, TrainingJobState>();
  const calls: string[] = [];

  const registry = createModelRegistry((resource) => `arn:aws:sagemaker:${REGION}:${ACCOUNT}:${resource}`);

  const serving = createServing(typeof pace === 'number' ? pace : 0);

  const find = (name: unknown): TrainingJobState => {
    const job = jobs.get(String(name));
    if (!job) throw invalid(UNKNOWN);
    return job;
  };
  const create: Operation = (input) => {
    const request = parseCreate(input);
    const name = request.TrainingJobName;
    if (jobs.has(name)) {
      throw new ServiceError(
        'ResourceInUse',
        `Training job names must be unique within an AWS account: ${name}`,
      );
    }
    if ([...jobs.values()].filter(({ hasEnded }) => !hasEnded).length >= quota) {
      throw new ServiceError(
        'ResourceLimitExceeded',
        `The account-level service limit is ${quota} Instances`,
      );
    }
    const arn = `arn:aws:sagemaker:${REGION}:${ACCOUNT}:training-job/${name}`;
    const onChange = (job: TrainingJobState): void =>
      bus.publish({ arn, region: REGION, account: ACCOUNT }, job.describe());
    jobs.set(
      name,
      new TrainingJobState(request, { algorithm, pace, fault: faults.nextOfJob(), arn, onChange }),
    );
    return { TrainingJobArn: arn };
  };
  const stop: Operation = ({ TrainingJobName }) => {
    const job = find(TrainingJobName);
    if (job.hasEnded) throw invalid(`The job is in status ${job.status} and can't be stopped`);
    job.stop();
    return {};
  };
  const server = serveOperations(
    {
      CreateTrainingJob: create,
      DescribeTrainingJob: ({ TrainingJobName }) => find(TrainingJobName).describe(),
      StopTrainingJob: stop,
      ...registry.operations,
      ...serving.operations,
    },
    (operation) => {
      calls.push(operation);
      faults.raise(operation);
    },
  );
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    faults,
    jobs,
    packages: registry.packages,
    served: serving.served,
    calls,
    async stop() {
      for (const job of jobs.values()) job.stop();
      await Promise.all([...jobs.values()].map(({ ended }) => ended));
      await bus.settled();
      server.closeAllConnections();
      server.close();
    },
  };
}
