/** The run as its author writes with it, on top of the scheduler. */
import type { Retries } from '../domain/retry.ts';
import { awaitPast, createWaits, refusePast } from './author-waits.ts';
import { argumentsOf, call, type LooseBody, type LooseOptions } from './bodies.ts';
import type { AnyPipeline } from './definition.ts';
import { retriesOf } from './default-retries.ts';
import type { Desk } from './desk.ts';
import type { DependsOnPast } from './order.ts';
import { runMap, type ItemRange, type MapPlace, type MapSpec } from './map.ts';
import { Skipped, type AnyRef, type Outcome, type TaskRef } from './references.ts';
import { assetsOf, producing, type Produces } from './produces.ts';
import { poolUse } from './pool-turn.ts';
import type { ChildInput, Ending, Run } from './run.ts';
import type { Memo, Runtime, TaskContext } from './runtime.ts';
import type { Scheduler } from './scheduler.ts';
import type { Task, TaskSpec } from './task.ts';

/** What does not change in an attempt. */
export type RunFacts = Pick<
  Run,
  'id' | 'pipeline' | 'key' | 'attempt' | 'params' | 'fireTime' | 'interval' | 'trigger' | 'codeVersion'
>;

interface SliceWork {
  readonly map: string;
  /** All of them, where it is the task alone that runs. */
  readonly range?: ItemRange;
  /** Told once its task has been created. */
  readonly reached: (place: MapPlace) => void;
}

export interface AuthorParts {
  readonly scheduler: Scheduler;
  readonly runtime: Runtime;
  readonly facts: RunFacts;
  /** Of tasks that declare none of their own. */
  readonly retries?: Retries;
  /** What the run knows so far, for child workflows to start from. */
  readonly memo: () => Promise<Memo>;
  readonly desk: Desk;
  readonly slice?: SliceWork;
}

export interface Author {
  readonly run: Run<never>;
  /** Creates the tasks of `finally`, at the end. */
  teardown(ending: Ending): void;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/;

export function createAuthor(parts: AuthorParts): Author {
  const { scheduler, runtime, facts } = parts;
  const taskOf = new Map<unknown, Task>();
  const closing: ((ending: Ending) => void)[] = [];

  const add = (
    name: string,
    kind: TaskSpec['kind'],
    {
      after = [],
      when = 'all_success',
      retries,
      timeout,
      mayFail = false,
      pool,
      produces,
      dependsOnPast,
    }: LooseOptions,
    body: TaskSpec['body'],
  ): TaskRef<never> => {
    const past = dependsOnPast === undefined ? [] : [pastOf(name, when, dependsOnPast)];
    const afterPast = (given: TaskSpec['body']): TaskSpec['body'] =>
      past.length === 0 ? given : (outcomes, ...rest) => given(outcomes.slice(0, after.length), ...rest);
    const index = runtime.current()?.index;
    const task = scheduler.add({
      name: checkedName(runtime, name),
      kind,
      upstream: [...after, ...past].map((ref) => known(runtime, taskOf.get(ref), name)),
      when,
      ...retriesOf(retries, hasDefaults(kind) ? parts.retries : {}),
      mayFail,
      ...(index !== undefined && { index }),
      ...(timeout !== undefined && { timeout }),
      ...(pool !== undefined && { pool: poolUse(pool) }),
      ...(produces !== undefined && { produces: assetsOf(produces) }),
      body: afterPast(produces === undefined ? body : telling(produces, body)),
    });
    const ref = referenceTo(scheduler, task);
    taskOf.set(ref, task);
    if (parts.slice?.map === task.label) parts.slice.reached(placeOf(parts, task));
    return ref;
  };

  /** A slice has but a part of its map. */
  const telling = (produces: Produces, body: TaskSpec['body']): TaskSpec['body'] => {
    const tells = producing(facts, produces, body);
    return (outcomes, context, task) =>
      (parts.slice?.map === task.label ? body : tells)(outcomes, context, task);
  };

  const pastOf = (
    name: string,
    when: NonNullable<LooseOptions['when']>,
    dependsOn: DependsOnPast,
  ): TaskRef<never> => {
    refusePast(runtime, name, when);
    return add(`${name}.past`, 'sensor', {}, (_outcomes, _context, task) =>
      awaitPast(parts, task, dependsOn, name),
    );
  };

  const run = {
    ...facts,
    ...createWaits(parts, add),
    task: (name: string, ...rest: readonly [LooseBody] | readonly [LooseOptions, LooseBody]) => {
      const [options, body] = rest.length === 1 ? [{}, rest[0]] : rest;
      return add(name, 'task', options, (outcomes, context) =>
        call(body, [...argumentsOf(options, outcomes), context]),
      );
    },
    map: (name: string, options: LooseOptions & { over: unknown; concurrency?: number }, body: LooseBody) => {
      const {
        over,
        after = [],
        retries,
        mayFail = false,
        timeout,
        concurrency,
        pool,
        produces,
        dependsOnPast,
      } = options;
      const fromTask = taskOf.has(over);
      const spec: MapSpec = {
        ...retriesOf(retries, parts.retries),
        body: (item, context) => call(body, [item, context]),
        ...(timeout !== undefined && { timeout }),
        ...(concurrency !== undefined && { concurrency }),
        ...(pool !== undefined && { pool: poolUse(pool) }),
      };
      const when = options.when ?? 'all_success';
      const upstream = fromTask ? [over as AnyRef, ...after] : after;
      return add(
        name,
        'map',
        {
          after: upstream,
          when,
          mayFail,
          ...(produces && { produces }),
          ...(dependsOnPast !== undefined && { dependsOnPast }),
        },
        (outcomes, _context, task) =>
          runMap(placeOf(parts, task), spec, fromTask ? valueIn(runtime, outcomes[0]) : over),
      );
    },
    child: (
      name: string,
      { definition }: AnyPipeline,
      input: ChildInput<unknown> | ((...values: never[]) => ChildInput<unknown>),
      options: LooseOptions = {},
    ) =>
      add(name, 'child', options, (outcomes, context) => {
        const given = typeof input === 'function' ? call(input, argumentsOf(options, outcomes)) : input;
        return runtime.child(definition.name, given as ChildInput<unknown>, context);
      }),
    latestOnly: (name: string, options: LooseOptions = {}) =>
      add(name, 'task', options, async () => {
        if (!(await runtime.order.isLatest())) throw new Skipped('a later interval is due');
      }),
    finally: (name: string, body: (ending: Ending, task: TaskContext) => unknown) => {
      checkedName(runtime, name);
      closing.push((ending) => {
        add(name, 'finally', {}, (_outcomes, context) => body(ending, context));
      });
    },
    skip: (reason?: string): never => {
      throw new Skipped(reason);
    },
  };
  return {
    run: run as unknown as Run<never>,
    teardown: (ending) => closing.forEach((create) => create(ending)),
  };
}

/** Maps, loops and children leave failures to what they consist of; other waits have none to try again. */
function hasDefaults(kind: TaskSpec['kind']): boolean {
  return kind === 'task' || kind === 'finally' || kind === 'sensor';
}

function referenceTo(scheduler: Scheduler, task: Task): TaskRef<never> {
  return {
    name: task.spec.name,
    // oxlint-disable-next-line unicorn/no-thenable -- awaiting a reference is what it is for
    then: (resolved, rejected) => (scheduler.value(task) as Promise<never>).then(resolved, rejected),
    outcome: () => scheduler.settled(task) as Promise<Outcome<never>>,
  };
}

function placeOf({ scheduler, runtime, memo, slice }: AuthorParts, task: Task): MapPlace {
  const range = slice?.map === task.label ? slice.range : undefined;
  return { scheduler, runtime, task, memo, ...(range !== undefined && { slice: range }) };
}

function valueIn(runtime: Runtime, outcome: Outcome<unknown> | undefined): unknown {
  if (outcome?.state === 'success') return outcome.value;
  const message = 'what the map runs over has no value: its task did not succeed';
  throw runtime.toError({ type: 'NothingToMapOver', message });
}

function known(runtime: Runtime, task: Task | undefined, name: string): Task {
  if (task !== undefined) return task;
  const message = `${name} comes after something that is no reference of this run`;
  throw runtime.toError({ type: 'UnknownReference', message });
}

function checkedName(runtime: Runtime, name: string): string {
  if (NAME.test(name)) return name;
  const message = `'${name}' is no task name: up to 100 letters, digits, '_', '.' and '-', the first a letter or digit`;
  throw runtime.toError({ type: 'InvalidTaskName', message });
}
