import { describe, expect, it } from 'vitest';

import { trainingImage } from './image.ts';

const TODAY = new Date('2026-11-21T00:00:00Z');

describe('trainingImage', () => {
  // Accounts from aws/sagemaker-python-sdk, image_uri_config/xgboost.json.
  it.each([
    ['us-east-1', '683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.2-0'],
    ['eu-central-1', '492215442770.dkr.ecr.eu-central-1.amazonaws.com/sagemaker-xgboost:3.2-0'],
    ['cn-north-1', '450853457545.dkr.ecr.cn-north-1.amazonaws.com.cn/sagemaker-xgboost:3.2-0'],
  ])('finds the registry of %s', (region, uri) => {
    expect(trainingImage(region, '3.2-0', TODAY)).toBe(uri);
  });

  it('names the regions that have one', () => {
    expect(() => trainingImage('mars-north-1', '3.2-0', TODAY)).toThrow(
      /no XGBoost image in mars-north-1.*eu-west-1/,
    );
  });

  it('refuses a version past its end of patches, from that day on', () => {
    expect(() => trainingImage('us-east-1', '3.0-5', TODAY)).toThrow(/not patched .* since 2026-11-17/);
    expect(trainingImage('us-east-1', '3.2-0', new Date('2027-05-12T23:59:59Z'))).toMatch(/3\.2-0$/);
    expect(() => trainingImage('us-east-1', '3.2-0', new Date('2027-05-13T00:00:00Z'))).toThrow(/2027-05-13/);
  });

  it('refuses versions whose models nobody reads', () => {
    expect(() => trainingImage('us-east-1', '1.7-1', TODAY)).toThrow(/1\.7-1 is not supported/);
  });
});
