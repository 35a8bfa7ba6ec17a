/** A channel of Parquet files as one float32 matrix, read chunk by chunk. */
import { ApplicationFailure } from '@temporalio/common';
import { DuckDBInstance, listValue, LIST, VARCHAR } from '@duckdb/node-api';
import type { DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api';
import { copyFloats } from '../../float-vector.ts';
import type { Rows } from './matrix.ts';

/** The label is the first column, as SageMaker wants it; every column is FLOAT. @throws InvalidChannel */
export async function readChannel(files: readonly string[], threads: number): Promise<Required<Rows>> {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(threads),
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  const connection = await instance.connect();
  try {
    return await readRows(connection, files);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function readRows(connection: DuckDBConnection, files: readonly string[]): Promise<Required<Rows>> {
  const bound = { files: listValue(files) };
  const types = { files: LIST(VARCHAR) };
  const counted = await connection.runAndReadAll('SELECT count(*) FROM read_parquet($files)', bound, types);
  const rows = Number(counted.getRows()[0]?.[0]);
  const result = await connection.stream('SELECT * FROM read_parquet($files)', bound, types);
  const foreign = result.columnTypes().find((type) => type.toString() !== 'FLOAT');
  if (rows === 0 || foreign) {
    const reason = foreign ? `a column of type ${foreign.toString()}` : 'no rows';
    throw ApplicationFailure.nonRetryable(
      `The channel ${files.join(', ')} has ${reason}; it must have rows, and FLOAT columns only.`,
      'InvalidChannel',
    );
  }
  const columns = result.columnCount - 1;
  const channel = { values: new Float32Array(rows * columns), labels: new Float32Array(rows), rows, columns };
  let start = 0;
  for (
    let chunk = await result.fetchChunk();
    chunk && chunk.rowCount > 0;
    chunk = await result.fetchChunk()
  ) {
    copyChunk(chunk, channel, start);
    start += chunk.rowCount;
  }
  return channel;
}

function copyChunk(chunk: DuckDBDataChunk, channel: Required<Rows>, start: number): void {
  const { values, labels, columns } = channel;
  // Asking the chunk costs a call into the library each time.
  const rows = chunk.rowCount;
  copyFloats(chunk.getColumnVector(0), rows, labels, { start, stride: 1 });
  for (let column = 0; column < columns; column++) {
    const place = { start: start * columns + column, stride: columns };
    copyFloats(chunk.getColumnVector(column + 1), rows, values, place);
  }
}
