/** Runs another program and says well what went wrong. */
import { spawn } from 'node:child_process';

/** How many lines of a failed program's output its error repeats. */
const TAIL = 15;

/**
 * Resolves to what the program printed (stdout); rejects with the end of its output when it fails.
 * `options` are those of `spawn`; with `stdio: 'inherit'` nothing is captured.
 */
export function run(program, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    let stdout = '';
    let output = '';
    child.stdout?.on('data', (chunk) => {
      stdout += chunk;
      output += chunk;
    });
    child.stderr?.on('data', (chunk) => {
      output += chunk;
    });
    child.on('error', (error) => reject(new Error(`${program} did not start: ${error.message}`)));
    child.on('close', (code, signal) => {
      if (code === 0) resolve(stdout);
      else
        reject(new Error(`${[program, ...args].join(' ')} ended with ${signal ?? code}.\n${tail(output)}`));
    });
  });
}

function tail(output) {
  return output.trimEnd().split('\n').slice(-TAIL).join('\n');
}
