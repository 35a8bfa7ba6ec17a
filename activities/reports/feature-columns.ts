/** Which places of the encoded vector belong to one feature: they are shuffled and added up together. */
import type { Encoder } from '../../workflows/domain/encoder.ts';

export interface FeatureColumns {
  readonly feature: string;
  /** First place, and how many follow each other. */
  readonly from: number;
  readonly width: number;
}

/** In the order of `encodedFeatures`: `other` and `missing` stand behind the categories. */
export function featureColumns({ numeric, categorical }: Encoder): FeatureColumns[] {
  const widths = [
    ...numeric.map(({ column, indicator }) => ({ feature: column, width: indicator ? 2 : 1 })),
    ...categorical.map(({ column, categories }) => ({ feature: column, width: categories.length + 2 })),
  ];
  let from = 0;
  return widths.map(({ feature, width }) => {
    const columns = { feature, from, width };
    from += width;
    return columns;
  });
}
