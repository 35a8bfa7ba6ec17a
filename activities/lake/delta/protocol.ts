/** What a table may ask of those who read and write it. */
import { unsupportedTable } from '../errors.ts';
import type { Protocol } from './actions.ts';
import type { TableState } from './state.ts';

/** Written into new tables: append, overwrite, invariants; no table features. */
export const PROTOCOL: Protocol = { minReaderVersion: 1, minWriterVersion: 2 };

/** @throws UnsupportedTable naming the feature */
export function checkReadable(table: string, { protocol, files }: TableState): void {
  const features = (protocol.readerFeatures ?? []).toSorted();
  if (features.length > 0) throw unsupportedTable(table, `the reader features ${features.join(', ')}`);
  if (protocol.minReaderVersion === 2) throw unsupportedTable(table, 'the reader feature columnMapping');
  if (protocol.minReaderVersion > 2 && protocol.readerFeatures === undefined) {
    throw unsupportedTable(table, `reader version ${protocol.minReaderVersion}`);
  }
  for (const { deletionVector, path } of files.values()) {
    if (deletionVector) throw unsupportedTable(table, 'the reader feature deletionVectors');
    if (/^[a-z][a-z0-9+.-]*:|^\//i.test(path)) throw unsupportedTable(table, 'data files outside its folder');
  }
}

/** @throws UnsupportedTable naming the feature */
export function checkWritable(table: string, { protocol, metadata }: TableState): void {
  if (protocol.minWriterVersion > PROTOCOL.minWriterVersion) {
    throw unsupportedTable(table, `writer version ${protocol.minWriterVersion}`);
  }
  if (metadata.schemaString.includes('delta.invariants')) {
    throw unsupportedTable(table, 'the writer feature invariants');
  }
}

/** @throws UnsupportedTable where rows may only be added */
export function checkRemovable(table: string, { metadata }: TableState): void {
  if (metadata.configuration?.['delta.appendOnly'] === 'true') {
    throw unsupportedTable(table, 'the writer feature appendOnly');
  }
}
