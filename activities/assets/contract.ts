/** Assets: what was produced, partition by partition, in a log for each asset; and who is to be started by it. */
import type { AssetCondition } from '../../workflows/domain/assets/condition.ts';
import type { Partition } from '../../workflows/domain/assets/partition.ts';

/** A partition of an asset was produced: by a task of a run, or by hand. */
export interface AssetEvent {
  readonly asset: string;
  readonly partition: Partition;
  /** Of the task that produced it: however often it is told, it is one event. */
  readonly key: string;
  /** `run <id> task <name>`, or who did it by hand. */
  readonly source: string;
  /** When it was first told; RFC 3339. */
  readonly at: string;
}

export interface NumberedEvent extends AssetEvent {
  /** Counted from 1 in the asset's log. */
  readonly number: number;
}

/** A pipeline that waits for assets. */
export interface AssetConsumer {
  readonly pipeline: string;
  readonly condition: AssetCondition;
}

export interface AssetActivities {
  /** Writes the event into the asset's log and wakes the bus. Done again it changes nothing. */
  record(input: Omit<AssetEvent, 'at'>): Promise<void>;
  /**
   * Reads what was produced behind the cursors, and starts the consumers whose partitions have become complete, each
   * once. Done again from the same cursors it starts nothing twice.
   */
  deliver(input: { cursors: AssetCursors }): Promise<Delivered>;
}

/** For each consumer and asset, the number of the last event that was looked at. */
export type AssetCursors = Readonly<Record<string, Readonly<Record<string, number>>>>;

export interface Delivered {
  readonly cursors: AssetCursors;
  /** IDs of the runs that were started now. */
  readonly started: readonly string[];
  /** There is more behind the cursors. */
  readonly isMore: boolean;
}

/** The log of each asset, and an index by partition. */
export interface AssetLog {
  append(event: Omit<AssetEvent, 'at'>): Promise<NumberedEvent>;
  /** From the oldest behind `after` on, at most so many. */
  read(asset: string, after: number, most: number): Promise<NumberedEvent[]>;
  /** The number of the newest event; 0 where there is none. */
  head(asset: string): Promise<number>;
  has(asset: string, partition: Partition): Promise<boolean>;
  /** Every partition that was ever produced. */
  partitions(asset: string): Promise<Partition[]>;
  names(): Promise<string[]>;
}

/** A row of `assets list`. */
export interface ListedAsset {
  readonly asset: string;
  readonly events: number;
  readonly partitions: number;
  /** The end of the newest partition: an older one that is produced anew moves it not at all. */
  readonly freshUntil?: string;
  readonly lastEventAt?: string;
  readonly consumers: readonly string[];
}

/** A partition that a consumer has not been started for. */
export interface WaitingPartition {
  readonly pipeline: string;
  /** The ID that its run will have. */
  readonly run: string;
  readonly partition: Partition;
  /** Nothing is missing: it is about to be started. */
  readonly isReady: boolean;
  readonly inputs: readonly {
    readonly asset: string;
    readonly there: number;
    readonly missing: readonly Partition[];
    /** The asset's partitions do not fill the consumer's, so it never starts. */
    readonly isImpossible: boolean;
  }[];
}

/** For clients. */
export interface Assets {
  list(): Promise<ListedAsset[]>;
  /** Partitions for which something is there and something is missing; of the newest events of every asset; the oldest first. */
  waiting(): Promise<WaitingPartition[]>;
  /** The newest first. */
  events(asset: string, most: number): Promise<NumberedEvent[]>;
  append(event: Omit<AssetEvent, 'at'>): Promise<NumberedEvent>;
}
