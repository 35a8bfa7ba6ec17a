/**
 * Temporal's SDK as tests want it: silent about what they provoke, loud about what nobody expects. Its TypeScript part
 * warns of every activity that fails, as those of tests do all the time; its native part of real trouble, but for
 * tasks whose run has ended meanwhile.
 */
import { DefaultLogger, Runtime, type Logger, type RuntimeOptions } from '@temporalio/worker';

/** Runs that tests cancel, terminate or leave at their end. */
const PROVOKED = [/^Activity not found on completion/, /^Task not found when completing/];

export interface Expectations {
  /** Warnings that the test provokes. */
  readonly expects?: readonly RegExp[];
}

let installed = false;

/** Once for a process; later calls are of no effect. */
export function installTestRuntime(expectations: Expectations = {}, options: RuntimeOptions = {}): void {
  if (installed) return;
  installed = true;
  Runtime.install({
    ...options,
    logger: createTestLogger(expectations),
    telemetryOptions: { logging: { filter: { core: 'WARN', other: 'WARN' }, forward: {} } },
  });
}

export function createTestLogger(
  { expects = [] }: Expectations,
  write: (line: string) => void = (line) => void process.stderr.write(`${line}\n`),
): Logger {
  return new DefaultLogger('WARN', ({ level, message, meta = {} }) => {
    if (meta['sdkComponent'] !== 'core') return;
    if ([...PROVOKED, ...expects].some((pattern) => pattern.test(message))) return;
    const cause = [meta['error'], meta['details'], meta['failure']].find(
      (field) => typeof field === 'string',
    );
    write(`${level} ${message} ${cause ?? ''}`.trimEnd());
  });
}
