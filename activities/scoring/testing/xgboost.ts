/** Small models from XGBoost itself, for tests of the converter; the handles live as long as the test process. */
import koffi from 'koffi';
import { xgboostPath } from '../../training/testing/library.ts';
import { Booster } from '../../training/xgboost/booster.ts';
import { loadXgboost } from '../../training/xgboost/library.ts';
import { Matrix } from '../../training/xgboost/matrix.ts';

export interface TrainingJob {
  readonly matrix: Float32Array;
  readonly rows: number;
  readonly columns: number;
  readonly labels: Float32Array;
  readonly params: Readonly<Record<string, string | number>>;
  readonly rounds: number;
  /** `c` for a categorical column, `float` for any other. */
  readonly types?: readonly string[];
}

export interface TrainedModel {
  file(format: 'json' | 'ubj'): Uint8Array;
  margins(matrix: Float32Array, rows: number, columns: number): Float32Array;
}

export async function openXgboost(): Promise<(job: TrainingJob) => TrainedModel> {
  const path = await xgboostPath();
  const library = loadXgboost(path);
  // Types of columns are nothing that the trainer needs: it encodes categories before.
  const setTypes = koffi
    .load(path)
    .func(
      'int XGDMatrixSetStrFeatureInfo(void *matrix, const char *field, const char **types, uint64_t length)',
    );
  return ({ matrix, rows, columns, labels, params, rounds, types }) => {
    const data = new Matrix(library, { values: matrix, rows, columns, labels }, { threads: 2 });
    if (types !== undefined) setTypes(data.handle, 'feature_type', types, types.length);
    const booster = new Booster(library, [data]);
    for (const [name, value] of Object.entries(params)) booster.set(name, String(value));
    for (let round = 0; round < rounds; round++) booster.update(round, data);
    return {
      file: (format) => booster.save(format),
      margins(values, count, width) {
        const unseen = new Matrix(library, { values, rows: count, columns: width }, { threads: 2 });
        return booster.predict(unseen, { margin: true });
      },
    };
  };
}
