/** `assay demo`: the main job from end to end, on a server and workers of its own. */
import { access, constants, rm } from 'node:fs/promises';
import { Option, type Command } from 'commander';

import type { Embedded } from '../../workers/embedded.ts';
import { withBatches } from '../demo/batches.ts';
import { headerLine, monthLine, notesOf, summaryLines } from '../demo/lines.ts';
import type { DemoReport } from '../demo/report.ts';
import { tellStory, type StoryServices } from '../demo/story.ts';
import { Refusal } from '../refusal.ts';
import { positiveInteger } from './arguments.ts';
import { action, example, type CommandContext } from './command.ts';
import type { ExitCode } from './failure.ts';
import { untilStopped } from './up.ts';
import type { BatchOptions } from '../demo/batches.ts';

export interface DemoServices extends StoryServices {
  readonly duckdb: BatchOptions['duckdb'];
  readonly scratch: BatchOptions['scratch'];
  /** The store's own folder, where it is the demo's to empty. */
  readonly ownFolder?: string;
  /** @param variables that the workers get besides the environment's */
  readonly startEmbedded: (variables: Readonly<Record<string, string>>) => Promise<Embedded>;
  /** The same services, on the server that was started. */
  readonly on: (address: string) => StoryServices;
}

interface Options {
  readonly data?: string;
  readonly batches: number;
  readonly seed?: number;
  readonly trainer?: 'local' | 'sagemaker';
  readonly sagemakerEndpoint?: string;
  readonly keep?: boolean;
  readonly json?: boolean;
}

type Context = CommandContext<DemoServices>;

const LIVE_MONTHS = 6;

export function registerDemo(program: Command, context: Context): void {
  program
    .command('demo')
    .description(
      'the main job, end to end: months arrive, a model is trained, judged, promoted, and scores them',
    )
    .option(
      '--data <file>',
      'a file in the schema of UCI "Diabetes 130-US hospitals"; generated data without it',
    )
    .option('--batches <n>', 'how many live months', positiveInteger, LIVE_MONTHS)
    .option('--seed <n>', 'of the generated data', positiveInteger)
    .addOption(
      new Option('--trainer <name>', 'who trains; by default as the environment says').choices([
        'local',
        'sagemaker',
      ]),
    )
    .option(
      '--sagemaker-endpoint <url>',
      'a SageMaker other than AWS’s own: scripts/fake-sagemaker.mjs is one',
    )
    .option('--keep', 'stay up afterwards, until Ctrl-C')
    .option('--json', 'print JSON')
    .addHelpText('before', example('assay demo', 'assay demo --data diabetic_data.csv.gz --json'))
    .action(action(context, (services, options: Options) => demo(context, services, options)));
}

async function demo(context: Context, services: DemoServices, options: Options): Promise<ExitCode> {
  const { output } = context;
  if (options.batches > LIVE_MONTHS) {
    throw new Refusal('TooManyBatches', `there are ${LIVE_MONTHS} live months, not ${options.batches}`, {
      next: `assay demo --batches ${LIVE_MONTHS}`,
    });
  }
  if (options.data !== undefined) await refuseUnreadable(options.data);
  if (services.ownFolder !== undefined) await rm(services.ownFolder, { recursive: true, force: true });
  const embedded = await services.startEmbedded(trainerVariables(services, options));
  try {
    output.note(`Temporal  ${embedded.address}`);
    if (embedded.ui !== undefined) output.note(`Web UI    ${embedded.ui}`);
    const report = await tell(context, services, embedded, options);
    if (options.json === true) output.json(report);
    else for (const line of summaryLines(report, commandsFor(services, embedded))) output.line(line);
    if (options.keep !== true) return report.champion === undefined ? 1 : 0;
    output.note('Ctrl-C stops the workers and the server.');
    return await untilStopped(embedded, output);
  } finally {
    await embedded.stop();
  }
}

/** Before a server is started for it. @throws Refusal UnreadableFile */
async function refuseUnreadable(file: string): Promise<void> {
  try {
    await access(file, constants.R_OK);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Refusal('UnreadableFile', `${file} can't be read: ${why}`, { next: 'assay demo' });
  }
}

/** @throws Refusal where SageMaker could not read the store */
function trainerVariables(
  { store }: DemoServices,
  { trainer, sagemakerEndpoint: endpoint }: Options,
): Record<string, string> {
  if (trainer === 'sagemaker' && !store.uri.startsWith('s3://')) {
    throw new Refusal('StoreNotInS3', `SageMaker reads and writes S3, and the store is ${store.uri}`, {
      next: 'assay demo --store s3://bucket/prefix --trainer sagemaker',
    });
  }
  return {
    ...(trainer !== undefined && { ASSAY_TRAINER: trainer }),
    ...(endpoint !== undefined && { ASSAY_SAGEMAKER_ENDPOINT: endpoint }),
  };
}

async function tell(
  { output }: Context,
  services: DemoServices,
  embedded: Embedded,
  { data, batches: months, seed, json }: Options,
): Promise<DemoReport> {
  const started = performance.now();
  const project = data === undefined ? 'readmission' : 'readmission-uci';
  const line = (text: string): void => (json === true ? output.note(text) : output.line(text));
  const told = await withBatches(
    {
      months,
      duckdb: services.duckdb,
      scratch: services.scratch,
      ...(data !== undefined && { data }),
      ...(seed !== undefined && { seed }),
    },
    (batches) => {
      line(headerLine());
      return tellStory(
        services.on(embedded.address),
        { project, model: project, batches },
        (month, lastMonth) => {
          line(monthLine(month, lastMonth));
          for (const note of notesOf(month)) line(note);
        },
      );
    },
  );
  return {
    store: services.store.uri,
    temporal: { address: embedded.address, ...(embedded.ui !== undefined && { ui: embedded.ui }) },
    ...told,
    seconds: Math.round((performance.now() - started) / 100) / 10,
  };
}

/** Whole commands, with what they need to find the demo's store and server. */
function commandsFor({ store }: DemoServices, { address }: Embedded): string[] {
  const assay = `bin/assay --store ${store.uri}`;
  const server = address.endsWith(':7233') ? '' : `TEMPORAL_ADDRESS=${address} `;
  return [`${assay} tables list`, `${assay} models log readmission`, `${server}${assay} runs list`];
}
