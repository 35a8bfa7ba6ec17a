/** Faults of what was handed in to be compared; no retry mends them. */
import { ApplicationFailure } from '@temporalio/common';

export function missingColumns(file: string, columns: readonly string[]): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `${file} has no column ${columns.join(', ')}. Deliver it whole, or name the columns that both files have.`,
    'MissingColumn',
    { file, columns: [...columns] },
  );
}

export interface Mistyped {
  readonly column: string;
  readonly failing: number;
  readonly example: string;
}

export function mistypedColumns(file: string, columns: readonly Mistyped[]): ApplicationFailure {
  const list = columns.map(
    ({ column, failing, example }) => `${column} holds text in ${failing} rows, for example '${example}'`,
  );
  return ApplicationFailure.nonRetryable(
    `${file} does not have numbers where the reference has: ${list.join('; ')}. Mend the file, or declare the column categorical.`,
    'MistypedColumn',
    { file, columns: [...columns] },
  );
}

export function invalidOptions(problems: readonly string[]): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `The comparison can't be made as asked: ${problems.join('; ')}.`,
    'InvalidOptions',
    { problems: [...problems] },
  );
}
