/** `pipeline()`: an ordinary Temporal workflow out of a definition and a function. */
import { CancellationScope, workflowInfo } from '@temporalio/workflow';
import { milliseconds } from '../domain/duration.ts';
import { listOf } from '../domain/notices/notice.ts';
import { openAttempt, type WorkflowInput } from './attempt.ts';
import { conduct } from './conduct.ts';
import type { Pipeline, PipelineOptions } from './definition.ts';
import { toFailure } from './failures.ts';
import type { Run } from './run.ts';
import { createMemoLedger } from './temporal-runtime.ts';

/** Letters and digits only where the name is also that of an export. */
const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

/**
 * @example
 * export const medallion = pipeline(
 *   { name: 'medallion', params: () => z.object({ project: z.string() }) },
 *   async (run) => {
 *     const landed = run.task('landed', () => lake.land({ project: run.params.project, interval: run.interval }));
 *     return run.task('bronze', { after: [landed] }, ({ files }, { key }) => lake.ingest({ …, files, key }));
 *   },
 * );
 */
export function pipeline<P, R>(
  options: PipelineOptions<P>,
  body: (run: Run<P>) => Promise<R> | R,
): Pipeline<P, R> {
  if (!NAME.test(options.name)) throw new RangeError(`'${options.name}' is no pipeline name: ${NAME.source}`);
  // A wrong duration shows where it is written, not in a run.
  for (const { within } of listOf(options.deadline)) milliseconds(within);
  const definition = { ...options, body };
  const workflow = async (input: WorkflowInput = {}): Promise<unknown> => {
    const { workflowType } = workflowInfo();
    if (workflowType !== options.name) {
      const message = `pipeline ${options.name} is exported as ${workflowType}: give both the same name`;
      throw toFailure({ type: 'InvalidPipeline', message });
    }
    // A run that is cancelled before it has begun begins all the same: it is then cancelled with a record that says so.
    const opened = (): ReturnType<typeof openAttempt> => openAttempt(definition, input, createMemoLedger);
    const attempt = input?.resume ?? (await CancellationScope.nonCancellable(opened));
    return 'duplicateOf' in attempt ? attempt : conduct(definition, attempt);
  };
  return Object.assign(workflow, { definition }) as Pipeline<P, R>;
}
