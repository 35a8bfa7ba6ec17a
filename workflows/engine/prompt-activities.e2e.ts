/** How a run begins and ends: within its workflow tasks, and by activities that people see where that fails. */
import { sleep } from '@temporalio/activity';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLedgerActivities } from '../../activities/ledger/activities.ts';
import type { LedgerActivities } from '../../activities/ledger/contract.ts';
import { startKit, type Kit } from './testing/kit.ts';
import { diamond, strict } from './testing/pipelines.ts';
import { createProbe } from './testing/probe.ts';

type Prompt = 'begin' | 'close';
type Fault = () => Promise<void>;

/** What the next calls do before they do their work. */
const faults: Record<Prompt, Fault[]> = { begin: [], close: [] };
const calls: Record<Prompt, number> = { begin: 0, close: 0 };
let kit: Kit;

beforeAll(async () => {
  const pipelines = [diamond, strict];
  kit = await startKit({
    pipelines,
    activities: (parts) => {
      const known = new Map(pipelines.map(({ definition }) => [definition.name, definition]));
      const ledger = createLedgerActivities({ ...parts, pipelines: known });
      return {
        ...createProbe().activities,
        'ledger.begin': faulty('begin', ledger),
        'ledger.close': faulty('close', ledger),
      };
    },
  });
});
afterAll(() => kit.stop());

function faulty(name: Prompt, ledger: LedgerActivities): (input: never) => Promise<unknown> {
  return async (input) => {
    calls[name] += 1;
    await faults[name].shift()?.();
    return ledger[name](input);
  };
}

function plan(name: Prompt, ...planned: readonly Fault[]): void {
  faults[name] = [...planned];
  calls[name] = 0;
}

const unreachable: Fault = () => Promise.reject(new Error('the store does not answer'));

async function historyOf(pipeline: typeof diamond | typeof strict, input?: unknown): Promise<string[]> {
  const handle = await kit.start(pipeline, input);
  await handle.result().catch(() => undefined);
  const { events } = await handle.fetchHistory();
  return (events ?? []).flatMap(
    ({ activityTaskScheduledEventAttributes: scheduled, markerRecordedEventAttributes: marker }) =>
      scheduled?.activityType?.name ?? marker?.markerName ?? [],
  );
}

const TASKS = ['probe.echo', 'probe.echo', 'probe.echo'];

test('a run costs no activity more than its tasks do', async () => {
  expect(await historyOf(diamond)).toEqual(['core_local_activity', ...TASKS, 'core_local_activity']);
});

test('a run whose beginning or end fails on the spot goes on by activities with all their patience', async () => {
  plan('begin', unreachable, unreachable);
  plan('close', unreachable, unreachable);
  expect(await historyOf(diamond)).toEqual([
    'core_local_activity',
    'ledger.begin',
    ...TASKS,
    'core_local_activity',
    'ledger.close',
  ]);
  expect(calls).toEqual({ begin: 3, close: 3 });
});

test('a beginning that hangs is cut short and asked for by an activity', async () => {
  plan('begin', () => sleep('1 minute'));
  expect(await historyOf(diamond)).toEqual([
    'core_local_activity',
    'ledger.begin',
    ...TASKS,
    'core_local_activity',
  ]);
});

test('what is refused is refused at once, and asked for once', async () => {
  plan('begin');
  expect(await historyOf(strict, { params: { day: 'never', limit: 0 } })).toEqual(['core_local_activity']);
  expect(calls.begin).toBe(1);
});
