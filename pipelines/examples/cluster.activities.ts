/** What stands for a provider of clusters: under one key there is one, by a name that follows from the key. */

export interface ClusterActivities {
  /** Under one key one cluster, however often it is asked for. */
  create(input: { key: string }): Promise<{ cluster: string }>;
  /** Adds up the numbers of a shard. */
  compute(input: { cluster: string; shard: number }): Promise<number>;
  /** Deleting what is not there is no error. */
  remove(input: { key: string }): Promise<void>;
}

/** Shard 0 has the numbers from 1 to 100, shard 1 those from 101 to 200. */
const PER_SHARD = 100;

/**
 * @param clusters those that there are. A worker that dies forgets them, as no provider would: what is computed
 * follows from the input alone, so that the next worker goes on.
 */
export function createClusterActivities(clusters = new Set<string>()): ClusterActivities {
  return {
    async create({ key }) {
      const cluster = `cluster-of-${key}`;
      clusters.add(cluster);
      return { cluster };
    },
    async compute({ shard }) {
      return Array.from({ length: PER_SHARD }, (_, at) => shard * PER_SHARD + at + 1).reduce((a, b) => a + b);
    },
    async remove({ key }) {
      clusters.delete(`cluster-of-${key}`);
    },
  };
}
