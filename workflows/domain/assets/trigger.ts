/** Why a consumer of assets was started. */
export interface RunTrigger {
  /** The event after which nothing was missing. */
  readonly completedBy: { readonly asset: string; readonly partition: string; readonly source: string };
  /** All that was there then, of what it waits for. */
  readonly inputs: readonly { readonly asset: string; readonly partitions: readonly string[] }[];
}
