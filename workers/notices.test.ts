/** What the environments declare of notices, and what is told of runs that can't tell it. */
import { describe, expect, it } from 'vitest';

import type { Notice } from '../workflows/domain/notices/notice.ts';
import { listOf } from '../workflows/domain/notices/notice.ts';
import type { RunRecord } from '../workflows/domain/run-record.ts';
import { configFor } from '../temporal.config.ts';
import { createTellCutOff } from './cut-off.ts';
import { pipelines } from './pipelines.ts';

describe('temporal.config.ts', () => {
  it.each(['development', 'staging', 'production'] as const)(
    'has in %s every channel that its defaults and the pipelines name',
    (environment) => {
      const { channels, defaults } = configFor(environment).notices;
      const own = [...pipelines.values()].flatMap(({ notify }) => listOf(notify));
      const named = [...defaults, ...own].flatMap(({ to }) => to);
      expect(named).not.toEqual([]);
      expect(named.filter((channel) => channels[channel] === undefined)).toEqual([]);
    },
  );

  it('has no text in it that should be a secret', () => {
    for (const environment of ['staging', 'production'] as const) {
      for (const channel of Object.values(configFor(environment).notices.channels)) {
        const secret = 'url' in channel ? channel.url : 'server' in channel ? channel.server : 'secret://';
        expect(secret).toMatch(/^secret:\/\//);
      }
    }
  });
});

describe('createTellCutOff', () => {
  const record: RunRecord = {
    run: 'medallion-2026-02-01T00:00:00Z',
    pipeline: 'medallion',
    attempt: 1,
    state: 'terminated',
    interval: { start: '2026-01-01T00:00:00Z', end: '2026-02-01T00:00:00Z' },
    params: {},
    startedBy: 'schedule nightly',
    codeVersion: 'test',
    workflowId: 'medallion-2026-02-01T00:00:00Z',
    workflowRunId: 'first',
    startedAt: '2026-02-01T00:00:01.000Z',
    clock: '2026-02-01T00:00:01.000Z',
    tasks: [],
    error: { type: 'Terminated', message: 'by ops' },
  };

  async function told(state: RunRecord['state']): Promise<{ notice: Notice; to: readonly string[] }[]> {
    const posted: { notice: Notice; to: readonly string[] }[] = [];
    const post = async (given: { notice: Notice; to: readonly string[] }) => {
      posted.push(given);
      return { posted: true };
    };
    await createTellCutOff({ post }, new Map(), [{ on: ['failure'], to: ['oncall'] }])({ ...record, state });
    return posted;
  }

  it('tells of a terminated run as of a failed one, under the key that the run itself would have used', async () => {
    const [given] = await told('terminated');
    expect(given?.to).toEqual(['oncall']);
    expect(given?.notice).toMatchObject({ key: `${record.run}/1/failure`, event: 'failure' });
    expect(given?.notice.text).toContain('Terminated: by ops');
  });

  it('says nothing of what succeeded or was cancelled', async () => {
    expect([...(await told('success')), ...(await told('cancelled'))]).toEqual([]);
  });
});
