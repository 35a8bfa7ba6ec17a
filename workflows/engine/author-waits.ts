/** Sensors, signals, times, other runs and loops as the author writes them, on top of the scheduler. */
import type { Question } from '../domain/approval.ts';
import type { Duration } from '../domain/duration.ts';
import type { Interval } from '../domain/interval.ts';
import type { Retries } from '../domain/retry.ts';
import type { RunState, WaitKind } from '../domain/run-record.ts';
import { wholeSecond } from '../domain/run-id.ts';
import type { TriggerRule } from '../domain/trigger-rules.ts';
import { argumentsOf, call, type LooseBody, type LooseOptions } from './bodies.ts';
import type { AnyPipeline } from './definition.ts';
import { retriesOf } from './default-retries.ts';
import type { Desk } from './desk.ts';
import type { DependsOnPast } from './order.ts';
import { runLoop, type LoopPlace, type LoopSpec } from './loop.ts';
import type { TaskRef } from './references.ts';
import { askPeople, questionOf, type ApprovalSpec } from './approvals.ts';
import type { Asking } from './questions.ts';
import type { RunTime } from './run-waits.ts';
import type { TaskKind, Task, TaskSpec } from './task.ts';
import { poll, waitForRun, waitForSignal, waitForTime, type Patience, type WaitPlace } from './waits.ts';

type Add = (name: string, kind: TaskKind, options: LooseOptions, body: TaskSpec['body']) => TaskRef<never>;

type Waiting = Omit<LooseOptions, 'timeout'> & Patience;

interface LooseRunOptions extends Waiting {
  readonly key?: string;
  readonly interval?: { readonly end: string };
  readonly states?: readonly RunState[];
  readonly otherwise?: 'fail' | 'wait';
  readonly every?: Duration;
  readonly when?: TriggerRule;
}

type LooseLoopOptions = LooseOptions & Pick<LoopSpec, 'max' | 'until'> & Partial<Pick<LoopSpec, 'onMax'>>;

/** The last three may be made of what the task comes after. */
type LooseApprovalOptions = Omit<LooseOptions, 'timeout'> &
  ApprovalSpec & { readonly message?: unknown; readonly assignees?: unknown; readonly timeout?: unknown };

type Asked = Pick<Question, 'message' | 'assignees'>;

const LOOK_EVERY = '30s';

export interface WaitParts extends Omit<LoopPlace, 'task'> {
  readonly facts: Asking & { readonly interval: Interval };
  /** Of what declares none of its own. */
  readonly retries?: Retries;
  readonly desk: Desk;
  readonly slice?: unknown;
}

/**
 * Where the interval before has nothing that could be found again: the items of a map and the turns of a loop have
 * but numbers, under which every run has others.
 * @throws InvalidDependsOnPast
 */
export function refusePast(runtime: LoopPlace['runtime'], name: string, when: TriggerRule): void {
  const around = runtime.current();
  if (around?.index !== undefined) {
    const message =
      `${name} can't depend on its past: it is created for each item of ${around.name}, and the interval before has ` +
      `others under their numbers. Let ${around.name} as a whole depend on its past, or the pipeline`;
    throw runtime.toError({ type: 'InvalidDependsOnPast', message });
  }
  if (when === 'all_success') return;
  const message = `${name} can't depend on its past under the rule ${when}, which need not wait for it: use all_success`;
  throw runtime.toError({ type: 'InvalidDependsOnPast', message });
}

/** A sensor for the same task of the interval before. */
export function awaitPast(
  parts: WaitParts,
  task: Task,
  dependsOn: DependsOnPast,
  name: string,
): Promise<unknown> {
  const past = (): Promise<unknown> => parts.runtime.order.awaitPast(dependsOn, name);
  return poll(placeOf(parts, task), LOOK_EVERY, {}, past);
}

export function createWaits(parts: WaitParts, add: Add): object {
  const { scheduler, runtime, facts } = parts;
  /** Its patience is the wait's own, not that of a try. */
  const wait = (name: string, kind: WaitKind, given: Waiting, body: TaskSpec['body']): TaskRef<never> => {
    const { timeout: _timeout, ...options } = given;
    return add(name, kind, options, body);
  };

  return {
    sensor: (name: string, options: Waiting & { every: Duration }, body: LooseBody) =>
      wait(name, 'sensor', options, (outcomes, context, task) =>
        poll(placeOf(parts, task), options.every, options, () =>
          call(body, [...argumentsOf(options, outcomes), context]),
        ),
      ),
    signal: (name: string, options: Waiting & { signal?: string } = {}, body?: LooseBody) =>
      wait(name, 'signal', options, async (_outcomes, context, task) => {
        const payload = await waitForSignal(placeOf(parts, task), options.signal ?? name, options);
        return body === undefined ? payload : call(body, [payload, context]);
      }),
    approval: (name: string, options: LooseApprovalOptions) => {
      const { message, assignees, timeout, ...rest } = options;
      const question = questionOf(runtime, name, rest);
      return add(name, 'approval', rest, (outcomes, _context, task) => {
        const made = (part: unknown): unknown =>
          typeof part === 'function' ? call(part as LooseBody, argumentsOf(rest, outcomes)) : part;
        const asking = { message: made(message), assignees: made(assignees) } as Asked;
        return askPeople(
          placeOf(parts, task),
          { ...question, ...asking },
          made(timeout) as Duration | undefined,
        );
      });
    },
    sleepUntil: (name: string, time: RunTime, options: Waiting = {}) =>
      wait(name, 'time', options, (_outcomes, _context, task) =>
        waitForTime(placeOf(parts, task), time, facts.interval),
      ),
    waitForRun: (name: string, pipeline: AnyPipeline | string, options: LooseRunOptions = {}) => {
      const { key, interval = facts.interval, states = ['success'], otherwise = 'fail' } = options;
      const wanted = {
        pipeline: typeof pipeline === 'string' ? pipeline : pipeline.definition.name,
        ...(key !== undefined && { key }),
        states,
        otherwise,
      };
      return wait(name, 'sensor', options, (_outcomes, _context, task) =>
        waitForRun(placeOf(parts, task), options.every ?? LOOK_EVERY, options, {
          ...wanted,
          fireTime: wholeSecond(interval.end),
        }),
      );
    },
    loop: (
      name: string,
      { retries, timeout, max, until, onMax = 'fail', ...options }: LooseLoopOptions,
      body: LooseBody,
    ) =>
      add(name, 'loop', options, (outcomes, _context, task) => {
        const values = argumentsOf(options, outcomes);
        return runLoop(
          { scheduler, runtime, task },
          {
            max,
            until,
            onMax,
            ...retriesOf(retries, parts.retries),
            ...(timeout !== undefined && { timeout }),
            body: (previous, context) => call(body, [previous, ...values, context]),
          },
        );
      }),
  };
}

function placeOf({ runtime, desk, slice, facts }: WaitParts, task: Task): WaitPlace {
  return { runtime, desk, inSlice: slice !== undefined, run: facts, task };
}
