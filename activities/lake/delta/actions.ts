/**
 * The actions of a Delta log, as far as reader version 1 and writer version 2 know them
 * (github.com/delta-io/delta, PROTOCOL.md, "Actions"). One line of a commit holds one action.
 */
import { z } from 'zod';

const Protocol = z.object({
  minReaderVersion: z.number(),
  minWriterVersion: z.number(),
  readerFeatures: z.array(z.string()).nullish(),
});
export type Protocol = z.infer<typeof Protocol>;

const Metadata = z.object({
  id: z.string(),
  name: z.string().nullish(),
  description: z.string().nullish(),
  format: z.object({ provider: z.string(), options: z.record(z.string(), z.string()).nullish() }),
  schemaString: z.string(),
  partitionColumns: z.array(z.string()),
  configuration: z.record(z.string(), z.string()).nullish(),
  createdTime: z.number().nullish(),
});
export type Metadata = z.infer<typeof Metadata>;

const PartitionValues = z.record(z.string(), z.string().nullable());

const Add = z.object({
  /** Relative to the table's root, percent-encoded. */
  path: z.string(),
  partitionValues: PartitionValues,
  size: z.number(),
  /** Milliseconds since 1970. */
  modificationTime: z.number(),
  dataChange: z.boolean(),
  /** JSON: numRecords, minValues, maxValues, nullCount. */
  stats: z.string().nullish(),
  deletionVector: z.unknown().optional(),
});
export type Add = z.infer<typeof Add>;

const Remove = z.object({
  path: z.string(),
  deletionTimestamp: z.number().nullish(),
  dataChange: z.boolean(),
  extendedFileMetadata: z.boolean().nullish(),
  partitionValues: PartitionValues.nullish(),
  size: z.number().nullish(),
});
export type Remove = z.infer<typeof Remove>;

const Transaction = z.object({
  appId: z.string(),
  version: z.number(),
  lastUpdated: z.number().nullish(),
});

const CommitInfo = z.looseObject({
  timestamp: z.number().optional(),
  operation: z.string().optional(),
  operationParameters: z.record(z.string(), z.unknown()).optional(),
  /** Of one attempt to commit; tells a lost race from a commit whose answer got lost. */
  txnId: z.string().optional(),
  /** The idempotency key, where Assay wrote the commit. */
  assayKey: z.string().optional(),
});

/** Exactly one member is there; others than these concern writers only and are passed over. */
const Action = z.object({
  protocol: Protocol.nullish(),
  metaData: Metadata.nullish(),
  add: Add.nullish(),
  remove: Remove.nullish(),
  txn: Transaction.nullish(),
  commitInfo: CommitInfo.nullish(),
});
export type Action = z.infer<typeof Action>;

export function parseAction(line: string): Action {
  return Action.parse(JSON.parse(line));
}

export function parseCommit(body: Uint8Array): Action[] {
  const lines = Buffer.from(body).toString('utf8').split('\n');
  return lines.filter((line) => line.trim() !== '').map(parseAction);
}

export function writeCommit(actions: readonly Action[]): string {
  return actions.map((action) => `${JSON.stringify(action)}\n`).join('');
}
