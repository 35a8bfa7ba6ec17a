/** What passes between tasks instead of rows: small, immutable, and enough to find the thing again. */

/** One version of a Delta table. `table` is `<layer>/<name>`, for example `gold/readmission_features`. */
export interface TableRef {
  readonly table: string;
  readonly version: number;
}

/** One immutable object of the store, proven by its digest. */
export interface ArtefactRef {
  readonly key: string;
  /** sha256, hexadecimal. */
  readonly digest: string;
  readonly bytes: number;
}
