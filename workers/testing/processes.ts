/** Asks the system about processes, for tests that say none is left behind. */
import { spawnSync } from 'node:child_process';

/** Whether it still runs; one that has ended and waits to be collected (a zombie) does not. */
export function isAlive(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  const state = stdout.trim();
  return state !== '' && !state.startsWith('Z');
}

/** Of everything that runs on this machine now. */
export function commandLines(): string[] {
  return spawnSync('ps', ['-A', '-ww', '-o', 'args='], { encoding: 'utf8' }).stdout.split('\n');
}
