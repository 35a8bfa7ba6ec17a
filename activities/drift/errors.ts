/** Faults of what was handed in to be compared; no retry mends them. */
import { ApplicationFailure } from '@temporalio/common';

/** More names of columns than this are not read. */
const SHOWN_NAMES = 20;

export function missingColumns(
  file: string,
  columns: readonly string[],
  present: readonly string[],
): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `${file} has no column ${listed(columns)}. It has ${listed(present)}. Deliver it whole, or name with --columns those that both files have.`,
    'MissingColumn',
    { file, columns: [...columns] },
  );
}

function listed(names: readonly string[]): string {
  const more = names.length - SHOWN_NAMES;
  return more > 0 ? `${names.slice(0, SHOWN_NAMES).join(', ')} and ${more} more` : names.join(', ');
}

export interface Mistyped {
  readonly column: string;
  readonly failing: number;
  readonly example: string;
}

export function mistypedColumns(file: string, columns: readonly Mistyped[]): ApplicationFailure {
  const list = columns.map(
    ({ column, failing, example }) =>
      `${column} holds text in ${failing} ${failing === 1 ? 'row' : 'rows'}, for example '${example}'`,
  );
  return ApplicationFailure.nonRetryable(
    `${file} does not have numbers where the reference has: ${list.join('; ')}. Mend the file, or declare the column categorical with --kind.`,
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
