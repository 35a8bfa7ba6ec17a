import { describe, expect, test } from 'vitest';
import type { PoolMessage } from '../domain/pool/messages.ts';
import { PoolAccount } from './pool-account.ts';

const holder = { workflowId: 'run', firstRunId: 'first' };

function stage() {
  const account = new PoolAccount(holder);
  const granted: string[] = [];
  const refused: unknown[] = [];
  return {
    account,
    granted,
    refused,
    want: (id: string, rest: { priority?: number; since?: number } = {}) =>
      account.want({
        ticket: { id, slots: 1, priority: 0, since: 0, ...rest },
        grant: () => granted.push(id),
        refuse: (error) => refused.push(error),
      }),
    grant: (...tickets: string[]) => account.granted({ pool: 'p', holder, tickets }),
    asked: () => account.news(1).flatMap(({ ask = [] }: PoolMessage) => ask.map(({ id }) => id)),
  };
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, at) => at);

describe('what a run tells a pool', () => {
  test('is all that it wants and gives back in one message, and nothing when there is nothing', () => {
    const { account, want, grant } = stage();
    want('a');
    want('b');
    expect(account.news(1)).toMatchObject([{ holder, ask: [{ id: 'a' }, { id: 'b' }], back: [] }]);
    grant('a');
    account.giveBack('a');
    want('c');
    account.giveBack('b');
    expect(account.news(2)).toMatchObject([{ ask: [{ id: 'c' }], back: ['a', 'b'] }]);
    expect([account.hasNews, account.news(3)]).toEqual([false, []]);
  });

  test('is a window of its tickets, the most urgent and longest waiting first, equals as they came', () => {
    const { want, asked, grant } = stage();
    for (const at of numbers(150)) want(`t${at}`, { since: 5 });
    want('early', { since: 1 });
    expect(asked()).toEqual(['early', ...numbers(99).map((at) => `t${at}`)]);
    want('urgent', { priority: 1, since: 9 });
    expect(asked()).toEqual(['urgent']);
    grant('t3', 'early');
    expect(asked()).toEqual(['t99', 't100']);
  });

  test('never asks for what has been given up before it was asked for', () => {
    const { account, want, asked } = stage();
    want('a');
    account.giveBack('a');
    want('b');
    expect(asked()).toEqual(['b']);
  });

  test('gives back what it is granted and does not want, its own or its predecessor’s', () => {
    const { account, grant, granted } = stage();
    grant('unknown');
    const before = { workflowId: 'run', firstRunId: 'attempt before' };
    account.granted({ pool: 'p', holder: before, tickets: ['old'] });
    expect(account.news(1)).toEqual([
      { holder: before, back: ['old'] },
      { holder, ask: [], back: ['unknown'] },
    ]);
    expect(granted).toEqual([]);
  });

  test('takes a grant once, however often it comes', () => {
    const { account, want, grant, granted } = stage();
    want('a');
    account.news(1);
    grant('a');
    grant('a');
    expect(granted).toEqual(['a']);
    expect(account.news(2)).toEqual([]);
  });

  test('is everything again when it has waited long, with what it has', () => {
    const { account, want, grant } = stage();
    for (const id of ['a', 'b', 'c']) want(id);
    account.news(1);
    grant('a');
    expect([account.waitsSince(1), account.waitsSince(2)]).toEqual([false, true]);
    account.repeat();
    expect(account.news(5)).toMatchObject([
      { whole: true, held: [{ id: 'a' }], ask: [{ id: 'b' }, { id: 'c' }] },
    ]);
  });

  test('is what it gives back alone, once the run is cancelled', () => {
    const { account, want, refused } = stage();
    want('a');
    account.news(1);
    want('b');
    account.refuseAll('cancelled');
    expect(refused).toEqual(['cancelled', 'cancelled']);
    expect(account.news(2)).toMatchObject([{ ask: [], back: ['a'] }]);
  });
});
