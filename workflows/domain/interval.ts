/** The slice of time that a run is responsible for: [start, end), both RFC 3339 in UTC. */
export interface Interval {
  readonly start: string;
  readonly end: string;
}
