/** How commands explain what went wrong. */
import { ApplicationFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';

import { Refusal } from '../refusal.ts';
import { explain, printFailure } from './failure.ts';
import { createOutput } from './output.ts';

describe('explain', () => {
  it('tells what, why and the next command of a refusal', () => {
    const refusal = new Refusal('RunExists', 'the run exists', { next: 'assay runs show it' });
    expect(explain(refusal)).toEqual({ what: 'the run exists', why: [], next: 'assay runs show it' });
  });

  it('walks the causes of a failure and finds the next command in its details', () => {
    const inner = ApplicationFailure.nonRetryable('age is null', 'ContractFailed', {
      next: 'assay data check f',
    });
    const outer = ApplicationFailure.create({ message: 'silver failed', cause: inner });
    expect(explain(outer)).toEqual({
      what: 'silver failed',
      why: ['age is null'],
      next: 'assay data check f',
    });
  });

  it('says that Temporal does not answer, whatever the transport calls it', () => {
    const cause = new Error('14 UNAVAILABLE: connect ECONNREFUSED 127.0.0.1:7233');
    const explained = explain(new Error('Failed to connect before the deadline', { cause }));
    expect(explained).toMatchObject({ what: 'Temporal does not answer', next: 'assay doctor' });
  });

  it('does not blame Temporal for a store that can not be reached', () => {
    const failure = ApplicationFailure.create({
      message: 's3://b: connect ECONNREFUSED',
      type: 'StoreUnavailable',
    });
    expect(explain(failure)).toEqual({ what: 's3://b: connect ECONNREFUSED', why: [], next: undefined });
  });

  it('comes to an end where causes go round in a circle', () => {
    const error = new Error('one');
    error.cause = error;
    expect(explain(error).what).toBe('one');
  });
});

describe('printFailure', () => {
  it('writes to stderr only, and answers with the code of wrong usage or broken infrastructure', () => {
    const [out, err]: [string[], string[]] = [[], []];
    const output = createOutput({ write: (text) => out.push(text) }, { write: (text) => err.push(text) });
    const code = printFailure(output, new Refusal('UnknownRun', 'no such run', { next: 'assay runs list' }));
    expect(code).toBe(2);
    expect(out).toEqual([]);
    expect(err.join('')).toBe('error: no such run\n  next: assay runs list\n');
  });
});
