/** A worker, a client and a ledger of its own for an end-to-end test, on the server that all tests share. */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import {
  Client,
  Connection,
  type WorkflowHandle,
  type WorkflowHandleWithFirstExecutionRunId,
} from '@temporalio/client';
import { NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import { inject } from 'vitest';
import { createLedgerActivities } from '../../../activities/ledger/activities.ts';
import type { Ledger } from '../../../activities/ledger/contract.ts';
import { createLedger } from '../../../activities/ledger/ledger.ts';
import { createRunQueue } from '../../../activities/ledger/queue.ts';
import type { ObjectStore } from '../../../activities/store/contract.ts';
import { createLocalStore } from '../../../activities/store/local-store.ts';
import { createOrderActivities } from '../../../activities/order/activities.ts';
import { createPoolActivities } from '../../../activities/pools/activities.ts';
import { poolSizes } from '../../../activities/pools/sizes.ts';
import type { Secrets } from '../../../activities/secrets/contract.ts';
import { createSecrets } from '../../../activities/secrets/secrets.ts';
import type { AssayConfig } from '../../../temporal.config.ts';
import { temporaryFolder } from '../../../testing/temporary-folder.ts';
import { installTestRuntime } from '../../../testing/test-runtime.ts';
import { openAssetActivities } from '../../../workers/asset-bus.ts';
import { createActivityInterceptors } from '../../../workers/interceptors.ts';
import { openNotices } from '../../../workers/notices.ts';
import { createSecretGuard } from '../../../workers/secret-guard.ts';
import { wholeRecord, type PageAsked, type RecordPage } from '../../domain/record-pages.ts';
import type { RunInput } from '../../domain/run-input.ts';
import type { RunRecord } from '../../domain/run-record.ts';
import { RECORD_QUERY } from '../../domain/run-record.ts';
import type { AnyPipeline } from '../definition.ts';

export type TestActivities = Readonly<Record<string, (...args: never[]) => unknown>>;

/** Milliseconds after which a pool that is waited for looks for holders that are no more. */
const LOOK_EVERY = 500;

export interface KitOptions {
  readonly pipelines: readonly AnyPipeline[];
  /** By activity type: `lake.ingest`. */
  readonly activities?: TestActivities | ((parts: KitParts) => TestActivities);
  /** Of the worker; `false` for a test that adds its own. */
  readonly worker?: Partial<WorkerOptions> | false;
  /** Runs move to newer code while workers of the old are still there. */
  readonly moves?: boolean;
  /** Of a server of the test's own; by default that which all tests share. */
  readonly address?: string;
  /** Pools by name, with their slots. */
  readonly pools?: Readonly<Record<string, number>>;
  /** As `temporal.config.ts` has it; nobody is told of anything by default. */
  readonly notices?: AssayConfig['notices'];
  readonly secrets?: Secrets;
  /** Warnings of Temporal's SDK that the test provokes; those of a process's first kit count. */
  readonly expects?: readonly RegExp[];
}

/** What activities of a test may be made with. */
export interface KitParts {
  readonly client: Client;
  readonly store: ObjectStore;
  readonly ledger: Ledger;
  readonly taskQueue: string;
}

export interface Kit extends KitParts {
  /** With a workflow ID of its own unless one is given. */
  start(
    pipeline: AnyPipeline | string,
    input?: unknown,
    workflowId?: string,
  ): Promise<WorkflowHandleWithFirstExecutionRunId>;
  /** Starts and waits; failures reject. */
  execute(pipeline: AnyPipeline, input?: RunInput): Promise<unknown>;
  /** The live record. */
  query(handle: WorkflowHandle): Promise<RunRecord>;
  /** Another worker, with the activities of the first. @returns what stops it */
  addWorker(options: Partial<WorkerOptions>): Promise<() => Promise<void>>;
  stop(): Promise<void>;
}

export async function startKit({
  pipelines,
  activities = {},
  worker: given = {},
  moves = false,
  pools = {},
  address = inject('temporalAddress'),
  notices = { channels: {}, defaults: [] },
  secrets = createSecrets({ sources: [] }),
  expects = [],
}: KitOptions): Promise<Kit> {
  installTestRuntime({ expects });
  const options = given === false ? {} : given;
  const taskQueue = options.taskQueue ?? `control-${randomUUID().slice(0, 8)}`;
  const folder = await temporaryFolder('kit');
  const store = createLocalStore(folder);
  const [connection, native, code] = await Promise.all([
    Connection.connect({ address }),
    NativeConnection.connect({ address }),
    readFile(inject('workflowBundle'), 'utf8'),
  ]);
  const { dataConverter } = options;
  const client = new Client({ connection, ...(dataConverter && { dataConverter }) });
  const ledger = createLedger(store);
  const parts = { client, store, ledger, taskQueue };
  const own = createLedgerActivities({
    store,
    client,
    pipelines: definitions(pipelines),
    notify: notices.defaults,
    moves,
    askAgain: LOOK_EVERY,
  });
  const queue = createRunQueue(store);
  const poolActivities = createPoolActivities({
    client,
    taskQueue,
    queue,
    sizeOf: poolSizes(pools, definitions(pipelines)),
    lookEvery: LOOK_EVERY,
  });
  const telling = openNotices({ store, secrets, config: { notices }, temporal: client, taskQueue });
  const shared: WorkerOptions = {
    connection: native,
    taskQueue,
    workflowBundle: { code },
    activities: {
      ...prefixed('ledger', own),
      ...prefixed('pools', poolActivities),
      ...prefixed('assets', openAssetActivities({ ...parts, pipelines: definitions(pipelines) })),
      ...prefixed('notify', telling),
      ...prefixed(
        'order',
        createOrderActivities({ ledger: createLedger(store), client, queue, lookEvery: LOOK_EVERY }),
      ),
      ...(typeof activities === 'function' ? activities(parts) : activities),
    },
    interceptors: {
      activity: [
        createActivityInterceptors({ store, redact: secrets.redact }),
        createSecretGuard(secrets.redact),
      ],
    },
    stickyQueueScheduleToStartTimeout: '2s',
    ...options,
  };
  const stops: (() => Promise<void>)[] = [];
  const addWorker: Kit['addWorker'] = async (own) => {
    const worker = await Worker.create({ ...shared, ...own });
    const running = worker.run();
    let stopped: Promise<void> | undefined;
    const stop = (): Promise<void> => {
      if (stopped === undefined) worker.shutdown();
      return (stopped ??= running);
    };
    stops.push(stop);
    return stop;
  };
  if (given !== false) await addWorker({});
  const start: Kit['start'] = (pipeline, input, workflowId = `test-${randomUUID()}`) =>
    client.workflow.start(typeof pipeline === 'string' ? pipeline : pipeline.definition.name, {
      taskQueue,
      workflowId,
      args: input === undefined ? [] : [input],
    });
  return {
    ...parts,
    start,
    execute: async (pipeline, input) => (await start(pipeline, input)).result(),
    addWorker,
    query: (handle) => wholeRecord((page) => handle.query<RecordPage, [PageAsked]>(RECORD_QUERY, page)),
    stop: async () => {
      await Promise.all(stops.map((stop) => stop()));
      await Promise.all([connection.close(), native.close()]);
    },
  };
}

function definitions(pipelines: readonly AnyPipeline[]): ReadonlyMap<string, AnyPipeline['definition']> {
  return new Map(pipelines.map(({ definition }) => [definition.name, definition]));
}

function prefixed(domain: string, activities: object): TestActivities {
  return Object.fromEntries(Object.entries(activities).map(([name, body]) => [`${domain}.${name}`, body]));
}
