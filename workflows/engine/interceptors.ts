/** Every activity says which run it works for, and in its ID and summary which task and try. */
import { defaultPayloadConverter, type ProtoFailure, type RetryPolicy } from '@temporalio/common';
import { type ActivityInput, workflowInfo, type WorkflowInterceptors } from '@temporalio/workflow';
import { formatActivityId, taskLabel } from '../domain/activity-id.ts';
import { RUN_HEADER } from '../domain/run-header.ts';
import { TRY_FAILED } from '../domain/tries.ts';
import { currentRun, currentTask, pollsEvery, ruledErrors } from './task-context.ts';

export function interceptors(): WorkflowInterceptors {
  let sequence = 0;
  return {
    outbound: [
      {
        scheduleActivity: (input, next) => {
          sequence += 1;
          return next({ ...input, headers: headersOf(input), options: optionsOf(input, sequence) });
        },
        scheduleLocalActivity: (input, next) => next({ ...input, headers: headersOf(input) }),
      },
    ],
    // Where failures come in: a `catch` for each activity would be one more promise for the sandbox to trace.
    internals: [
      {
        activate: (input, next) => {
          for (const { resolveActivity } of input.activation.jobs ?? [])
            unwrap(resolveActivity?.result?.failed);
          next(input);
        },
      },
    ],
  };
}

/** Authors see what the activity threw: that it ended a try is the engine's business. */
function unwrap(failed: { failure?: ProtoFailure | null } | null | undefined): void {
  const { failure } = failed ?? {};
  if (failure?.cause?.applicationFailureInfo?.type !== TRY_FAILED) return;
  failure.cause = failure.cause.cause ?? null;
}

function headersOf({ headers }: Pick<ActivityInput, 'headers'>): ActivityInput['headers'] {
  const run = currentRun();
  return run === undefined ? headers : { ...headers, [RUN_HEADER]: defaultPayloadConverter.toPayload(run) };
}

function optionsOf({ options }: ActivityInput, sequence: number): ActivityInput['options'] {
  const task = currentTask();
  if (task === undefined || options.activityId !== undefined) return options;
  const { name, index, try: tries } = task;
  const place = index === undefined ? {} : { index };
  const label = taskLabel(name, index);
  return {
    summary: tries === 1 ? label : `${label} (try ${tries})`,
    ...options,
    // Where the server is fair, no pipeline keeps the others waiting by its sheer number of tasks.
    priority: { fairnessKey: workflowInfo().workflowType, ...options.priority },
    retry: polling(pollsEvery()) ?? leavingToEngine(options.retry ?? {}),
    activityId: formatActivityId({ task: name, ...place, try: tries, sequence }),
  };
}

/** While it says `NotYet`, or the infrastructure fails; whatever else it throws ends the try. */
function polling(every: number | undefined): RetryPolicy | undefined {
  if (every === undefined) return undefined;
  return { initialInterval: every, maximumInterval: every, backoffCoefficient: 1 };
}

/** What the task has a rule for is the engine's to retry or not; the policy is for faults of the infrastructure. */
function leavingToEngine(retry: RetryPolicy): RetryPolicy {
  return { ...retry, nonRetryableErrorTypes: [...(retry.nonRetryableErrorTypes ?? []), ...ruledErrors()] };
}
