/** Keeps worker processes running: starts them, restarts one that dies, stops all at the end. */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { logTail, startChild, type Child } from './child.ts';
import type { OrphanGuard } from './orphan-guard.ts';

export interface SupervisorOptions {
  /** The compiled module that runs one worker process (`workers/run.js`). */
  readonly entry: string;
  /** One worker process per element, serving the queues it names. */
  readonly processes: readonly (readonly string[])[];
  readonly env: NodeJS.ProcessEnv;
  readonly logFolder: string;
  readonly guard: OrphanGuard;
  /** Told of every restart. */
  readonly note: (text: string) => void;
}

export interface Supervisor {
  /** Resolves when every worker has said that it is ready; rejects when one can't start. */
  ready(): Promise<void>;
  /** The pid that serves these queues now. */
  pids(): ReadonlyMap<string, number>;
  stop(): Promise<void>;
}

/** A worker that had been ready comes back well within a second. */
const RESTART_MS = 100;
/** One that dies before it is ready is tried this often before the start is given up. */
const FIRST_TRIES = 3;
const SLOWEST_RESTART_MS = 10_000;
/** Longer than a worker needs to give its running activities back. */
const STOP_GRACE_MS = 10_000;

/**
 * Starts one process per entry of `processes` with `--queues a,b`. A worker says that it polls by
 * one line of JSON on stdout with `"ready": true`; everything else it prints goes to its log.
 */
export function superviseWorkers(options: SupervisorOptions): Supervisor {
  const stopping = new AbortController();
  const slots = options.processes.map((queues) => openSlot(queues.join(','), options, stopping.signal));
  return {
    ready: async () => void (await Promise.all(slots.map(({ ready }) => ready))),
    pids: () => new Map(slots.map(({ queues, current }) => [queues, current()?.pid ?? 0])),
    stop: async () => {
      stopping.abort();
      await Promise.all(slots.map(({ done }) => done));
    },
  };
}

interface Slot {
  readonly queues: string;
  /** Settled by the first worker of this slot. */
  readonly ready: Promise<void>;
  /** Resolves when the slot was stopped or given up. */
  readonly done: Promise<void>;
  readonly current: () => Child | undefined;
}

function openSlot(queues: string, options: SupervisorOptions, stopping: AbortSignal): Slot {
  const logFile = join(options.logFolder, `worker-${queues.replaceAll(',', '-')}.log`);
  let child: Child | undefined;
  let settle: { resolve: () => void; reject: (error: Error) => void };
  const ready = new Promise<void>((resolve, reject) => (settle = { resolve, reject }));
  // Whoever never asks for `ready` must not fall over its rejection.
  ready.catch(() => undefined);

  const keepRunning = async (): Promise<void> => {
    let everReady = false;
    let stillborn = 0;
    while (!stopping.aborted) {
      const life = liveOnce(queues, options, logFile, () => {
        everReady = true;
        stillborn = 0;
        settle.resolve();
      });
      child = life;
      stillborn += 1;
      const reason = await endOrStop(life, stopping);
      if (stopping.aborted) break;
      if (!everReady && stillborn >= FIRST_TRIES) {
        settle.reject(new Error(`Worker ${queues} can't start (${reason}).\n${await logTail(logFile)}`));
        return;
      }
      options.note(`worker ${queues} ended (${reason}); starting it again`);
      await pause(Math.min(RESTART_MS * 2 ** stillborn, SLOWEST_RESTART_MS), stopping);
    }
    settle.reject(new Error(`Worker ${queues} was stopped.`));
  };
  return { queues, ready, done: keepRunning(), current: () => child };
}

function liveOnce(queues: string, options: SupervisorOptions, logFile: string, onReady: () => void): Child {
  return startChild({
    command: process.execPath,
    args: [options.entry, '--queues', queues],
    env: options.env,
    logFile,
    guard: options.guard,
    onOutput: eachLine((line) => {
      if (saysReady(line)) onReady();
      else appendFileSync(logFile, `${line}\n`);
    }),
  });
}

function eachLine(use: (line: string) => void): (text: string) => void {
  let rest = '';
  return (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    lines.forEach(use);
  };
}

function saysReady(line: string): boolean {
  if (!line.startsWith('{')) return false;
  try {
    const message: unknown = JSON.parse(line);
    return typeof message === 'object' && message !== null && 'ready' in message && message.ready === true;
  } catch {
    return false;
  }
}

/** How it ended, by itself or because the supervisor is being stopped. */
async function endOrStop(child: Child, stopping: AbortSignal): Promise<string> {
  const stop = (): void => void child.stop(STOP_GRACE_MS);
  stopping.addEventListener('abort', stop, { once: true });
  try {
    return await child.ended;
  } finally {
    stopping.removeEventListener('abort', stop);
  }
}

/** A sleep that a stop cuts short. */
async function pause(milliseconds: number, stopping: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal: stopping }).catch(() => undefined);
}
