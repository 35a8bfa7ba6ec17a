import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { storeSuite } from '../testing/suite.ts';
import { gatewayMissing, startGateway } from './testing/gateway.ts';
import type { Gateway } from './testing/gateway.ts';

describe('against versitygw', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    if (gatewayMissing === undefined) gateway = await startGateway();
  });
  afterAll(() => gateway?.stop());
  beforeEach((context) => context.skip(gatewayMissing !== undefined, gatewayMissing));

  storeSuite('an S3 bucket', async () => gateway.store());

  it('says where it is without credentials', () => {
    expect(gateway.store({ prefix: 'a/b' }).uri).toBe(`s3://${gateway.bucket}/a/b`);
  });
});
