/**
 * The image of SageMaker's built-in XGBoost: an account for each region, a tag for each version, and until when AWS
 * patches it. Accounts: aws/sagemaker-python-sdk, `image_uri_config/xgboost.json`; ends of support: AWS Deep Learning
 * Containers, `docs/src/data/sagemaker-xgboost`.
 */
import { readFileSync } from 'node:fs';

import { ApplicationFailure } from '@temporalio/common';

const ACCOUNTS = JSON.parse(readFileSync(new URL('./images.json', import.meta.url), 'utf8')) as Readonly<
  Record<string, string>
>;

/** Those before 3 write models in a binary format that no newer XGBoost reads. */
const END_OF_PATCHES: Readonly<Record<string, string>> = { '3.0-5': '2026-11-17', '3.2-0': '2027-05-13' };

/** @throws ImageNotSupported */
export function trainingImage(region: string, version: string, today: Date): string {
  const account = ACCOUNTS[region];
  if (account === undefined) {
    throw refused(`There is no XGBoost image in ${region}; there is one in ${names(ACCOUNTS)}.`);
  }
  const end = END_OF_PATCHES[version];
  if (end === undefined) {
    throw refused(`XGBoost ${version} is not supported here; ${names(END_OF_PATCHES)} are.`);
  }
  if (today >= new Date(`${end}T00:00:00Z`)) {
    throw refused(
      `AWS has not patched the image of XGBoost ${version} since ${end}. Name a newer version in temporal.config.ts.`,
    );
  }
  const suffix = region.startsWith('cn-') ? '.cn' : '';
  return `${account}.dkr.ecr.${region}.amazonaws.com${suffix}/sagemaker-xgboost:${version}`;
}

function names(of: object): string {
  return Object.keys(of).join(', ');
}

function refused(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, 'ImageNotSupported');
}
