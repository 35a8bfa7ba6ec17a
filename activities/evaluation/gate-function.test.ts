import { ApplicationFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';

import type { EvaluationReport } from '../../workflows/domain/evaluation.ts';
import { judge } from '../../workflows/domain/judge.ts';
import {
  CHAMPION,
  firstReport,
  policy,
  report,
  STOPPED,
} from '../../workflows/domain/testing/evaluations.ts';
import { createGateFunction } from './gate-function.ts';

const objects = new Map<string, string>();
const gate = createGateFunction({
  read: async (uri) => {
    const text = objects.get(uri);
    if (text === undefined) throw ApplicationFailure.nonRetryable(`nothing at ${uri}`, 'ObjectNotFound');
    return new TextEncoder().encode(text);
  },
  policyOf: (project) => {
    if (project === 'readmission') return policy;
    throw ApplicationFailure.nonRetryable(`no ${project}`, 'UnknownProject');
  },
});

/** As an event comes: JSON, the report by its address. */
function event(body: EvaluationReport | string, more: object = {}): unknown {
  const evaluation = `s3://bucket/${objects.size}/metrics.json`;
  objects.set(evaluation, typeof body === 'string' ? body : JSON.stringify(body));
  return JSON.parse(JSON.stringify({ evaluation, policy, championDigest: CHAMPION, ...more })) as unknown;
}

describe('the gate as a function', () => {
  it.each(STOPPED)('stops %s, as the promotion does', async (_what, change, verdict, stoppedBy) => {
    const answer = await gate(event(report(change)));
    expect(answer).toMatchObject({ ok: true, verdict });
    const results = answer.ok ? answer.results : [];
    expect(results.filter((result) => result.verdict !== 'pass').map((result) => result.gate)).toContain(
      stoppedBy,
    );
    expect(answer).toEqual({ ok: true, ...judge(report(change), policy, { championDigest: CHAMPION }) });
  });

  it('passes what the promotion passes, the first model too', async () => {
    expect(await gate(event(report()))).toMatchObject({ ok: true, verdict: 'pass' });
    expect(await gate(event(firstReport(), { championDigest: null }))).toMatchObject({
      ok: true,
      verdict: 'pass',
    });
  });

  it('finds the policy of a project by its name', async () => {
    const asked = { policy: undefined, project: 'readmission' };
    expect(await gate(event(report(), asked))).toMatchObject({ ok: true, verdict: 'pass' });
    const unknown = { policy: undefined, project: 'nobody' };
    await expect(gate(event(report(), unknown))).rejects.toMatchObject({ type: 'UnknownProject' });
  });

  it.each([
    ['nothing', {}],
    ['neither project nor policy', { evaluation: 's3://b/k', championDigest: null }],
    ['both of them', { evaluation: 's3://b/k', championDigest: null, project: 'readmission', policy }],
    ['no word on the champion', { evaluation: 's3://b/k', policy }],
    ['a report by value', { evaluation: '{}', championDigest: null, policy }],
    [
      'a bound that is no share',
      { evaluation: 's3://b/k', championDigest: null, policy: { ...policy, ceilingAuc: 75 } },
    ],
  ])('answers a request with %s by what is wrong with it', async (_what, request) => {
    expect(await gate(request)).toMatchObject({ ok: false, error: { type: 'InvalidRequest' } });
  });

  it('takes nothing for a report that is none, and an empty one for no pass', async () => {
    expect(await gate(event('<html>'))).toMatchObject({ ok: false, error: { type: 'InvalidReport' } });
    expect(await gate(event('[]'))).toMatchObject({ ok: false, error: { type: 'InvalidReport' } });
    expect(await gate(event('{}'))).toMatchObject({ ok: true, verdict: 'fail' });
  });

  it('throws what a second invocation may get right', async () => {
    const missing = { evaluation: 's3://bucket/none', championDigest: null, policy };
    await expect(gate(missing)).rejects.toMatchObject({ type: 'ObjectNotFound' });
  });
});
