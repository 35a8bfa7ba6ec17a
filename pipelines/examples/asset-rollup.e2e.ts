/** A shop's hours and day, on a real server: what is complete starts once, what is not never. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { createAssets } from '../../activities/assets/assets.ts';
import type { Assets } from '../../activities/assets/contract.ts';
import { createAssetLog } from '../../activities/assets/log.ts';
import { createPauses } from '../../activities/ledger/pauses.ts';
import { materialize } from '../../clients/assets/materialize.ts';
import { ensureAssetBus } from '../../workers/asset-bus.ts';
import { consumersOf } from '../../workers/consumers.ts';
import { assetBusId } from '../../workflows/domain/assets/bus.ts';
import type { AnyPipeline } from '../../workflows/engine/definition.ts';
import { startKit, type Kit } from '../../workflows/engine/testing/kit.ts';
import {
  dailyShop,
  halfHourlyShop,
  hourlyOrders,
  hourlyReturns,
  hourlyShop,
  hourlyVisits,
} from './asset-rollup.pipeline.ts';

const shop: AnyPipeline[] = [
  hourlyOrders,
  hourlyVisits,
  hourlyReturns,
  hourlyShop,
  dailyShop,
  halfHourlyShop,
];
const pipelines = new Map(shop.map(({ definition }) => [definition.name, definition]));

let kit: Kit;
let assets: Assets;

beforeAll(async () => {
  kit = await startKit({ pipelines: shop });
  const log = createAssetLog(kit.store);
  assets = createAssets({ log, ledger: kit.ledger, consumers: consumersOf(pipelines) });
  await ensureAssetBus({ ...kit, pipelines }, { every: 2000, continueAfterEvents: 60 });
});

afterAll(async () => {
  await kit.client.workflow.getHandle(assetBusId(kit.taskQueue)).terminate('the test is over');
  await kit.stop();
});

function hour(at: number): { start: string; end: string } {
  const text = (hours: number): string =>
    `${new Date(Date.UTC(2026, 0, 1, hours)).toISOString().slice(0, 19)}Z`;
  return { start: text(at), end: text(at + 1) };
}

async function produce(pipeline: AnyPipeline, at: number): Promise<void> {
  const interval = hour(at);
  const { name } = pipeline.definition;
  await kit.execute(pipeline, { fireTime: interval.end, interval });
  expect((await kit.ledger.record(`${name}-${interval.end}`))?.state).toBe('success');
}

async function succeeded(run: string): Promise<void> {
  await vi.waitFor(async () => expect((await kit.ledger.record(run))?.state).toBe('success'), {
    timeout: 30_000,
    interval: 50,
  });
}

describe('a shop whose pipelines start one another', () => {
  it('puts an hour together once all three have it, and says what started it', async () => {
    await produce(hourlyOrders, 0);
    await produce(hourlyVisits, 0);
    expect((await assets.waiting()).find(({ pipeline }) => pipeline === 'hourlyShop')).toMatchObject({
      run: `hourlyShop-${hour(0).end}`,
      isReady: false,
      inputs: [{ missing: [] }, { missing: [] }, { asset: 'shop.returns', missing: [hour(0)] }],
    });
    expect(await kit.ledger.attempts(`hourlyShop-${hour(0).end}`)).toEqual([]);
    await produce(hourlyReturns, 0);
    await succeeded(`hourlyShop-${hour(0).end}`);
    const partition = `${hour(0).start}/${hour(0).end}`;
    expect(await kit.ledger.record(`hourlyShop-${hour(0).end}`)).toMatchObject({
      interval: hour(0),
      startedBy: 'assets shop.orders, shop.visits, shop.returns',
      trigger: {
        completedBy: {
          asset: 'shop.returns',
          partition,
          source: `run hourlyReturns-${hour(0).end} attempt 1 task count`,
        },
        inputs: ['shop.orders', 'shop.visits', 'shop.returns'].map((asset) => ({
          asset,
          partitions: [partition],
        })),
      },
    });
  });

  it('puts the day together with its last hour, whatever their order, and never half hours', async () => {
    const services = { assets, client: async () => kit.client, taskQueue: kit.taskQueue };
    // Three of the other hours by runs, at once and out of order; the rest by hand.
    await Promise.all(
      [23, 11, 5].flatMap((at) => [hourlyReturns, hourlyOrders, hourlyVisits].map((one) => produce(one, at))),
    );
    const others = Array.from({ length: 24 }, (_, at) => at).filter((at) => ![0, 5, 11, 23].includes(at));
    for (const at of others.slice(1)) await materialize(services, 'shop.hours', hour(at), 'a test');
    for (const at of [5, 11, 23]) await succeeded(`hourlyShop-${hour(at).end}`);
    const day = 'dailyShop-2026-01-02T00:00:00Z';
    const [last = 0] = others;
    await vi.waitFor(
      async () =>
        expect((await assets.waiting()).find(({ run }) => run === day)?.inputs).toEqual([
          { asset: 'shop.hours', there: 23, missing: [hour(last)], isImpossible: false },
        ]),
      { timeout: 20_000 },
    );
    expect(await kit.ledger.attempts(day)).toEqual([]);
    const { isHeard } = await materialize(services, 'shop.hours', hour(last), 'a test');
    expect(isHeard).toBe(true);
    await succeeded(day);
    expect((await kit.ledger.record(day))?.result).toEqual({ day: '2026-01-01T00:00:00Z', hours: 24 });

    const { runs } = await kit.ledger.list({ pipeline: 'halfHourlyShop', limit: 100 });
    expect(runs).toEqual([]);
  });

  it('starts nothing again for what is produced anew, and an old hour makes no asset fresher', async () => {
    const before = await assets.list();
    expect(before.find(({ asset }) => asset === 'shop.orders')).toMatchObject({
      events: 4,
      partitions: 4,
      freshUntil: hour(23).end,
      consumers: ['hourlyShop', 'halfHourlyShop'],
    });
    const again = { fireTime: hour(0).end, interval: hour(0), attempt: 2 };
    await kit.execute(hourlyOrders, again);
    await kit.execute(hourlyReturns, again);
    const orders = (await assets.list()).find(({ asset }) => asset === 'shop.orders');
    expect(orders).toMatchObject({ events: 5, partitions: 4, freshUntil: hour(23).end });
    const [newest] = await assets.events('shop.orders', 1);
    expect(newest).toMatchObject({ number: 5, partition: hour(0) });
    const bus = kit.client.workflow.getHandle(assetBusId(kit.taskQueue));
    await vi.waitFor(
      async () =>
        expect(await bus.query('assetBusState')).toMatchObject({
          cursors: { hourlyShop: { 'shop.orders': 5 } },
        }),
      { timeout: 20_000 },
    );
    expect(await kit.ledger.attempts(`hourlyShop-${hour(0).end}`)).toEqual([1]);
    expect(await kit.ledger.attempts('dailyShop-2026-01-02T00:00:00Z')).toEqual([1]);
  });

  it('starts a paused consumer for nothing, and for all that was produced once it is resumed', async () => {
    const pauses = createPauses(kit.store);
    await pauses.pause('hourlyShop', { by: 'a test', reason: 'to see' });
    for (const one of [hourlyOrders, hourlyVisits, hourlyReturns]) await produce(one, 40);
    const bus = kit.client.workflow.getHandle(assetBusId(kit.taskQueue));
    // By then it has looked: another consumer of the same asset has.
    await vi.waitFor(
      async () =>
        expect(await bus.query('assetBusState')).toMatchObject({
          cursors: { halfHourlyShop: { 'shop.orders': 6 }, hourlyShop: { 'shop.orders': 5 } },
        }),
      { timeout: 20_000 },
    );
    expect(await kit.ledger.attempts(`hourlyShop-${hour(40).end}`)).toEqual([]);
    await pauses.resume('hourlyShop', { by: 'a test' });
    await succeeded(`hourlyShop-${hour(40).end}`);
  });

  it('loses nothing of what was produced while its bus was gone', async () => {
    const bus = kit.client.workflow.getHandle(assetBusId(kit.taskQueue));
    await bus.terminate('lost');
    const log = createAssetLog(kit.store);
    for (const asset of ['shop.orders', 'shop.visits', 'shop.returns']) {
      await log.append({ asset, partition: hour(30), key: `lost/${asset}`, source: 'a test' });
    }
    await ensureAssetBus({ ...kit, pipelines }, { every: 2000 });
    await succeeded(`hourlyShop-${hour(30).end}`);
    expect(await kit.ledger.attempts(`hourlyShop-${hour(0).end}`)).toEqual([1]);
  });
});
