/** Where the tests find XGBoost's C library: where set-up puts it, which they ask for it when need be. */
import { findXgboost, installXgboost } from '../../../scripts/xgboost.mjs';

export async function xgboostPath(): Promise<string> {
  const { path } = (await findXgboost()) ?? (await installXgboost());
  return path;
}
