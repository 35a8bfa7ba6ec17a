/** What keeps a report from being written, one type for each cause. */
import { ApplicationFailure } from '@temporalio/common';

export function undefinedFigures(reason: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `The held-out rows of the version give no figures: ${reason}. Train on more rows, or read the registry’s metrics instead.`,
    'UndefinedMetric',
    { reason },
  );
}

export function unsupportedReport(key: string, format: unknown): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `${key} has the format '${String(format)}', which is no monitoring report of this version. Write it again.`,
    'UnsupportedReport',
    { key },
  );
}
