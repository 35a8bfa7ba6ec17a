/** The composition root of the workers: every activity of a queue, with its ports filled. */
import type { Client } from '@temporalio/client';

import { createBackfillActivities } from '../activities/backfill/activities.ts';
import { createCapacityActivities, type CapacityPorts } from '../activities/capacity/activities.ts';
import type { FigureSink } from '../activities/capacity/contract.ts';
import { countAgainst, freezeBaseline } from '../activities/drift/baseline.ts';
import { createDeadlineActivities } from '../activities/deadlines/activities.ts';
import { createEvaluationActivities } from '../activities/evaluation/activities.ts';
import { createGovernanceActivities } from '../activities/governance/activities.ts';
import { createLakeActivities } from '../activities/lake/activities.ts';
import { createLake } from '../activities/lake/lake.ts';
import { createLedgerActivities } from '../activities/ledger/activities.ts';
import { createRunQueue } from '../activities/ledger/queue.ts';
import { createMonitoringActivities } from '../activities/monitoring/activities.ts';
import { createOrderActivities } from '../activities/order/activities.ts';
import { createPoolActivities } from '../activities/pools/activities.ts';
import { poolSizes } from '../activities/pools/sizes.ts';
import { createProjectActivities, findProject } from '../activities/project/activities.ts';
import { createRegistryActivities } from '../activities/registry/activities.ts';
import { createReportActivities } from '../activities/reports/activities.ts';
import { createScoringActivities } from '../activities/scoring/activities.ts';
import { openScorer } from '../activities/scoring/onnx/scorer.ts';
import { scoreView } from '../activities/scoring/score-view.ts';
import { createTrainingActivities } from '../activities/training/activities.ts';
import { createLocalTrainer } from '../activities/training/local-trainer.ts';
import { createContributor, createPredictor } from '../activities/training/xgboost/predictor.ts';
import { startRun } from '../clients/runs/start.ts';
import { createClusterActivities } from '../pipelines/examples/cluster.activities.ts';
import { createSalesActivities } from '../pipelines/examples/regions.activities.ts';
import { createDownloadActivities } from '../pipelines/examples/retry-policy.activities.ts';
import type { Queue } from '../temporal.config.ts';
import type { ProjectSpec } from '../workflows/domain/project.ts';
import { openAssetActivities } from './asset-bus.ts';
import { SCRATCH } from './scratch.ts';
import { createTellCutOff } from './cut-off.ts';
import { createGovernors } from './governors.ts';
import { openNotices } from './notices.ts';
import { jobActivities, jobDataActivities, packagedRegistry, servingActivities } from './sagemaker.ts';
import { createExpectedSchedules } from './watchdog.ts';
import { openDuckDB, type Services } from './services.ts';

export interface WorkerServices extends Services {
  readonly temporal: Client;
}

type Activity = (...args: never[]) => Promise<unknown>;
export type ActivityMap = Readonly<Record<string, Activity>>;

/** By the names that Temporal knows them by: `<domain>.<activity>`. */
export async function activitiesOf(queue: Queue, services: WorkerServices): Promise<ActivityMap> {
  return queue === 'control' ? controlActivities(services) : dataActivities(queue, services);
}

/** Light: no DuckDB, no model. */
async function controlActivities(services: WorkerServices): Promise<ActivityMap> {
  const { store, ledger, registry, pipelines, temporal, env, config, taskQueue } = services;
  const queued = createRunQueue(store);
  const starting = { client: async () => temporal, taskQueue };
  const spec = specOf(services);
  const notices = openNotices(services);
  const registering = createRegistryActivities({ store, registry, spec, codeVersion: env.codeVersion });
  return {
    ...named(
      'ledger',
      createLedgerActivities({
        store,
        pipelines,
        client: temporal,
        notify: config.notices.defaults,
        moves: env.versioning === 'upgrade',
        modelOf: (project) => services.projects[project]?.model,
        tellCutOff: createTellCutOff(notices, pipelines, config.notices.defaults),
      }),
    ),
    ...named('order', createOrderActivities({ ledger, client: temporal, queue: queued })),
    ...named(
      'pools',
      createPoolActivities({
        client: temporal,
        taskQueue,
        queue: queued,
        sizeOf: poolSizes(config.pools, pipelines),
      }),
    ),
    ...named('assets', openAssetActivities({ store, ledger, pipelines, client: temporal, taskQueue })),
    ...named(
      'backfill',
      createBackfillActivities({
        store,
        ledger,
        pipelines,
        schedules: config.schedules,
        client: temporal,
        startRun: (start) => startRun(starting, start),
      }),
    ),
    ...named(
      'governance',
      createGovernanceActivities({ spec, governors: createGovernors(temporal, services.taskQueue) }),
    ),
    ...named('notify', notices),
    ...named('jobs', await jobActivities(services)),
    ...named('serving', await servingActivities(services)),
    ...named(
      'deadlines',
      createDeadlineActivities({
        store,
        ledger,
        pipelines,
        schedules: createExpectedSchedules(temporal, config.schedules),
        defaults: config.notices.defaults,
        notices,
      }),
    ),
    ...(services.figures &&
      named('capacity', createCapacityActivities(capacityPorts(services, services.figures)))),
    ...named('project', createProjectActivities(spec)),
    ...named('registry', await packagedRegistry(services, registering)),
    ...exampleActivities(),
  };
}

/** They stand beside their pipelines, and need neither a store nor a network. */
function exampleActivities(): ActivityMap {
  return {
    ...named('cluster', createClusterActivities()),
    ...named('download', createDownloadActivities()),
    ...named('shops', createSalesActivities()),
  };
}

function capacityPorts({ temporal, config, env }: WorkerServices, sink: FigureSink): CapacityPorts {
  const taskQueues = Object.keys(config.workers).map((queue) => [queue, `${queue}${env.queueSuffix}`]);
  return { client: temporal, sink, taskQueues: Object.fromEntries(taskQueues) as Record<string, string> };
}

/** Data and training differ in their size alone: what a profile sends where is the profile's to say. */
async function dataActivities(queue: Queue, services: WorkerServices): Promise<ActivityMap> {
  const { store, registry, config, env } = services;
  const { threads, memoryMb } = config.workers[queue];
  const spec = specOf(services);
  const duckdb = await openDuckDB({ threads, memoryMb });
  const lake = createLake({ store, duckdb });
  const library = env.xgboostLibrary;
  if (library === undefined)
    throw new Error('ASSAY_XGBOOST names no library; `assay doctor` says how to get it.');
  const trainer = createLocalTrainer({ store, library, threads });
  const counting = { freezeBaseline, countAgainst };
  const scoring = { open: (onnx: Uint8Array) => openScorer(onnx, threads), scoreView };
  return {
    ...named('lake', createLakeActivities({ store, lake, duckdb, spec })),
    ...named(
      'training',
      createTrainingActivities({
        store,
        lake,
        duckdb,
        spec,
        trainer,
        predict: createPredictor(library),
        scratch: SCRATCH,
      }),
    ),
    ...named('jobModels', await jobDataActivities(services, library)),
    ...named(
      'scoring',
      createScoringActivities({ store, lake, duckdb, registry, spec, predict: createPredictor(library) }),
    ),
    ...named(
      'reports',
      createReportActivities({
        store,
        duckdb,
        registry,
        spec,
        scoring,
        contribute: createContributor(library),
      }),
    ),
    ...named('evaluation', createEvaluationActivities({ store, lake, duckdb, registry, spec, scoring })),
    ...named(
      'monitoring',
      createMonitoringActivities({ store, lake, duckdb, registry, spec, scoring, counting }),
    ),
  };
}

function specOf({ projects }: Services): (project: string) => ProjectSpec {
  return (project) => findProject(projects, project);
}

function named(domain: string, activities: object): ActivityMap {
  return Object.fromEntries(
    Object.entries(activities).map(([name, activity]) => [`${domain}.${name}`, activity]),
  );
}
