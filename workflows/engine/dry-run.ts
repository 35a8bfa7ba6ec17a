/** The graph of a pipeline before any run: its function up to the first reference that it awaits, no body executed. */
import type { GraphNode, TaskGraph } from '../domain/graph.ts';
import { createAuthor } from './author.ts';
import type { AnyPipeline } from './definition.ts';
import { Desk } from './desk.ts';
import type { Runtime } from './runtime.ts';
import { Scheduler } from './scheduler.ts';

/** Enough turns of the microtask queue for a function that awaits nothing but its own values. */
const TURNS = 100;
const EPOCH = '2026-01-01T00:00:00Z';

/**
 * @param params as they come out of the pipeline's schema
 * @throws what the function throws, for example where the params do not suit it
 */
export async function pipelineGraph(
  { definition }: Pick<AnyPipeline, 'definition'>,
  params: unknown,
): Promise<TaskGraph> {
  const scheduler = new Scheduler({
    runtime: idleRuntime,
    attemptKey: 'dry-run',
    memo: [],
    only: '(nothing)',
  });
  const author = createAuthor({
    scheduler,
    runtime: idleRuntime,
    facts: {
      id: `${definition.name}-${EPOCH}`,
      pipeline: definition.name,
      attempt: 1,
      params,
      fireTime: EPOCH,
      interval: { start: EPOCH, end: EPOCH },
      codeVersion: 'dry-run',
    },
    memo: async () => ({ tasks: [] }),
    desk: new Desk(),
  });
  const failed = started(definition.body, author.run);
  await turns();
  const failure = failed();
  if (failure !== undefined) throw ownTimer(failure.error) ?? failure.error;
  const nodes = nodesOf(scheduler);
  const decidedAfter = await decidesMore(scheduler, failed);
  author.teardown({ state: 'success', failed: [] });
  const closing = nodesOf(scheduler).filter(({ kind }) => kind === 'finally');
  const startedBy = [...new Set(definition.assets?.inputs.map(({ asset }) => asset))];
  return {
    pipeline: definition.name,
    nodes: [...nodes, ...closing],
    decidedAfter,
    ...(startedBy.length > 0 && { startedBy }),
  };
}

/**
 * What the function awaits, if it goes on to create tasks: it is handed values that are anything and nothing.
 * One that only returns a reference awaits it, too, and decides nothing.
 */
async function decidesMore(
  scheduler: Scheduler,
  failed: () => { readonly error: unknown } | undefined,
): Promise<readonly string[]> {
  const names = scheduler.awaited().map(({ spec }) => spec.name);
  const known = scheduler.tasks.length;
  for (let round = 0; round < TURNS; round += 1) {
    const awaited = scheduler.awaited();
    if (awaited.length === 0) return [];
    for (const task of awaited) scheduler.pretend(task, ANYTHING);
    await turns();
    if (scheduler.tasks.length > known || failed() !== undefined) return names;
  }
  return names;
}

function started(body: (run: never) => unknown, run: unknown): () => { readonly error: unknown } | undefined {
  let failure: { readonly error: unknown } | undefined;
  const call = async (): Promise<void> => {
    await body(run as never);
  };
  call().catch((error: unknown) => {
    failure = { error };
  });
  return () => failure;
}

/** A timer of the function's own is no task: a rerun that finds its tasks in the memo waits for it anew. */
function ownTimer(error: unknown): Error | undefined {
  const [, timer] = /^Workflow\.(sleep|condition)\(/.exec(error instanceof Error ? error.message : '') ?? [];
  if (timer === undefined) return undefined;
  const what = `its function calls Temporal's ${timer} itself, of which the memo knows nothing: a rerun may take another way`;
  return new Error(`${what}. Wait by run.sleepUntil or run.signal, or call it in the body of a task`, {
    cause: error,
  });
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn += 1) await Promise.resolve();
}

function nodesOf({ tasks }: Scheduler): GraphNode[] {
  return tasks.map(({ spec: { name, kind, when, pool, produces }, after }) => ({
    name,
    kind: kind === 'item' ? 'map' : kind,
    after,
    when,
    ...(pool !== undefined && { pool: pool.name }),
    ...(produces !== undefined && { produces }),
  }));
}

/** Has every property and none, can be called, holds no items. */
const ANYTHING: unknown = new Proxy(() => undefined, {
  get: (_target, property) => {
    if (property === 'then') return undefined;
    if (property === Symbol.toPrimitive) return () => '0';
    return property === Symbol.iterator ? () => [][Symbol.iterator]() : ANYTHING;
  },
  apply: () => ANYTHING,
});

/** Nothing runs, so nothing is asked of it. */
const idleRuntime: Runtime = {
  now: () => 0,
  sleep: never,
  enter: (_task, _ruled, body) => body(),
  current: () => undefined,
  within: never,
  until: never,
  polling: (_every, body) => body(),
  causesOf: () => [],
  isCancellation: () => false,
  toError: ({ message }) => new Error(message),
  idle: never,
  shouldContinue: () => false,
  changed: () => undefined,
  child: never,
  findRun: never,
  pools: {
    acquire: never,
    giveBack: () => undefined,
    resume: () => undefined,
    told: never,
    isTold: () => true,
  },
  order: { awaitPast: never, isLatest: never },
  ledger: { save: never, load: never, result: never },
  slices: { run: never },
};

function never(): Promise<never> {
  return new Promise(() => undefined);
}
