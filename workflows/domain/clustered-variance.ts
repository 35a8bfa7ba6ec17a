/** Variance of an area under the ROC curve whose rows are not independent, but the entities that they are about are. */
import type { Clusters } from './labelled-scores.ts';

/** How far each row's structural component lies from the mean of its class. */
interface Deviations {
  readonly positives: Float64Array;
  readonly negatives: Float64Array;
}

/**
 * Obuchowski, "Nonparametric analysis of clustered ROC curve data", Biometrics 53 (1997), pp. 567–578:
 * DeLong's components summed within an entity, and the covariance of an entity's positives with its
 * negatives. With one row to an entity it is DeLong's variance, exactly. Of a difference of two areas it
 * is the same form on the differences of their components. May be just below nought by rounding.
 */
export function clusteredVariance({ positives, negatives }: Deviations, clusters: Clusters): number {
  const ofPositives = sumsByCluster(positives, clusters.positives);
  const ofNegatives = sumsByCluster(negatives, clusters.negatives);
  let both = 0;
  let common = 0;
  for (let cluster = 0; cluster < ofPositives.sums.length; cluster += 1) {
    if (ofPositives.members[cluster] && ofNegatives.members[cluster]) common += 1;
    both += (ofPositives.sums[cluster] ?? 0) * (ofNegatives.sums[cluster] ?? 0);
  }
  return (
    (corrected(ofPositives.count) * ofPositives.squares) / positives.length ** 2 +
    (corrected(ofNegatives.count) * ofNegatives.squares) / negatives.length ** 2 +
    (2 * corrected(ofPositives.count + ofNegatives.count - common) * both) /
      (positives.length * negatives.length)
  );
}

function sumsByCluster(
  values: Float64Array,
  clusters: Int32Array,
): { sums: Float64Array; members: Uint8Array; count: number; squares: number } {
  const size = clusters.reduce((largest, cluster) => Math.max(largest, cluster), -1) + 1;
  const sums = new Float64Array(size);
  const members = new Uint8Array(size);
  for (let row = 0; row < clusters.length; row += 1) {
    const cluster = clusters[row] ?? 0;
    sums[cluster] = (sums[cluster] ?? 0) + (values[row] ?? Number.NaN);
    members[cluster] = 1;
  }
  const count = members.reduce((sum, member) => sum + member, 0);
  return { sums, members, count, squares: sums.reduce((sum, value) => sum + value * value, 0) };
}

function corrected(count: number): number {
  return count / (count - 1);
}
