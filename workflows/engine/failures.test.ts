import { ApplicationFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';

import { causesOf } from './failures.ts';

describe('causesOf', () => {
  it('says which activity nobody has, without the list of those that somebody has', () => {
    // As version 1.24 of the SDK's worker says it.
    const message =
      'Activity function shops.sales is not registered on this Worker, available activities: ["ledger.begin","ledger.close"]';
    const [cause] = causesOf(ApplicationFailure.create({ type: 'NotFoundError', message }));
    expect(cause).toMatchObject({ type: 'NotFoundError', permanent: false });
    expect(cause?.message).toContain(
      'has the activity shops.sales: it is registered in workers/activities.ts',
    );
    expect(cause?.message).not.toContain('ledger.begin');
  });

  it('leaves what other failures say as it is', () => {
    const failure = ApplicationFailure.nonRetryable('age is null', 'ContractFailed');
    expect(causesOf(failure)).toMatchObject([
      { type: 'ContractFailed', message: 'age is null', permanent: true },
    ]);
  });
});
