/** A child process that leads its own group, writes to a log file, and can be ended for certain. */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OrphanGuard } from './orphan-guard.ts';

export interface ChildOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Appended to; stderr goes there, and stdout too unless it is read. */
  readonly logFile: string;
  /** Called with each piece of stdout, which is then the reader's to keep. */
  readonly onOutput?: (text: string) => void;
  readonly guard: OrphanGuard;
}

export interface Child {
  readonly pid: number;
  /** Resolves, never rejects, with how it ended: an exit code, a signal, or why it did not start. */
  readonly ended: Promise<string>;
  /** SIGTERM, and SIGKILL to its whole group for what is left after `graceMs`. */
  stop(graceMs: number): Promise<void>;
}

const TAIL_LINES = 15;

export function startChild(options: ChildOptions): Child {
  mkdirSync(dirname(options.logFile), { recursive: true });
  const log = openSync(options.logFile, 'a');
  const stdout = options.onOutput ? 'pipe' : log;
  const child = spawn(options.command, options.args, {
    detached: true,
    env: options.env,
    stdio: ['ignore', stdout, log],
  });
  closeSync(log);
  child.stdout?.setEncoding('utf8').on('data', options.onOutput ?? (() => undefined));
  const pid = child.pid ?? 0;
  if (pid > 0) options.guard.watch(pid);
  const ended = ending(child).finally(() => {
    if (pid === 0) return;
    // Whatever it started in its group has lost its parent: it must not outlive it.
    signalGroup(pid, 'SIGKILL');
    options.guard.forget(pid);
  });
  return { pid, ended, stop: (graceMs) => stop(child, ended, graceMs) };
}

/** The end of a log, for an error message. */
export async function logTail(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-TAIL_LINES).join('\n');
}

function ending(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
}

async function stop(child: ChildProcess, ended: Promise<string>, graceMs: number): Promise<void> {
  child.kill('SIGTERM');
  const late = new AbortController();
  const patience = sleep(graceMs, 'late' as const, { signal: late.signal }).catch(() => 'ended' as const);
  const first = await Promise.race([ended, patience]);
  late.abort();
  if (first === 'late' && child.pid !== undefined) signalGroup(child.pid, 'SIGKILL');
  await ended;
}

function signalGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal);
  } catch {
    // Nobody is left in the group: there is nothing to end.
  }
}
