/** Faults of the lake that no retry mends. */
import { ApplicationFailure } from '@temporalio/common';

export function tableNotFound(table: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `There is no table ${table} in the lake. \`assay tables list\` shows what there is.`,
    'TableNotFound',
    { table },
  );
}

export function versionNotFound(table: string, version: number, newest: number): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `Table ${table} has no version ${version}; its newest is ${newest}. \`assay tables history ${table}\` lists them.`,
    'VersionNotFound',
    { table, version, newest },
  );
}

export function versionVacuumed(table: string, version: number, path: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `Version ${version} of ${table} can't be read any more: its file ${path} is gone, most likely by a vacuum. Read a newer version.`,
    'VersionNotFound',
    { table, version, path },
  );
}

export function unsupportedTable(table: string, feature: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `Table ${table} can't be used here: it asks for ${feature}, which Assay doesn't have. Have its writer switch that off, or copy the table without it.`,
    'UnsupportedTable',
    { table, feature },
  );
}

export function schemaMismatch(
  table: string,
  column: string,
  is: string,
  wanted: string,
): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `Column ${column} of ${table} is ${is}, and the write has it as ${wanted}. A column may be added, never changed: cast it to ${is}, or add it under a new name.`,
    'SchemaMismatch',
    { table, column, is, wanted },
  );
}

export function unsupportedType(column: string, type: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `Column ${column} has the type ${type}, for which tables have no equal. Cast it, for example to BIGINT, DOUBLE or VARCHAR.`,
    'UnsupportedType',
    { column, type },
  );
}

export function partitionMismatch(table: string, reason: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `The write doesn't fit the partitions of ${table}: ${reason}.`,
    'PartitionMismatch',
    { table, reason },
  );
}

export function invalidTableName(table: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `${JSON.stringify(table)} is no name of a table. Names are <layer>/<name>, for example gold/readmission_features.`,
    'InvalidTableName',
    { table },
  );
}
