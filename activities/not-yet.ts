/** How an activity says that what it looks for is not there: a sensor has it look again after a while. */
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';

import { NOT_YET } from '../workflows/domain/tries.ts';

/**
 * Thrown, not returned, so that looking again adds nothing to the history of the run. Outside a sensor it is a
 * failure like any other.
 * @param reason for people who ask what the run is waiting for: `2 of 3 files are there`
 * @example if (files.length === 0) throw notYet(`no files under ${prefix}`);
 */
export function notYet(reason: string): ApplicationFailure {
  return ApplicationFailure.create({
    message: reason,
    type: NOT_YET,
    nonRetryable: false,
    // Nobody need be told by metrics and logs that waiting waits.
    category: ApplicationFailureCategory.BENIGN,
  });
}
