import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createPauses } from '../../activities/ledger/pauses.ts';
import { formatRunId } from '../../workflows/domain/run-id.ts';
import { diamond, parent } from '../../workflows/engine/testing/pipelines.ts';
import { startKit, type Kit } from '../../workflows/engine/testing/kit.ts';
import { createProbe } from '../../workflows/engine/testing/probe.ts';
import { triggerRun } from '../runs/trigger.ts';
import { applySchedules } from '../schedules/apply.ts';
import { findSchedule } from '../schedules/find.ts';
import { pauseSchedule } from '../schedules/pause.ts';
import { pausePipeline, resumePipeline, type PauseServices } from './pause.ts';

let kit: Kit;
let services: PauseServices;

beforeAll(async () => {
  kit = await startKit({ pipelines: [diamond, parent], activities: createProbe().activities });
  const { ledger, client, taskQueue, store } = kit;
  const own = (name: string) => ({
    name: `${name}-${taskQueue}`,
    pipeline: 'diamond',
    key: name,
    timetable: { cron: '@daily' },
  });
  services = {
    ledger,
    client: async () => client,
    taskQueue,
    pipelines: new Map([diamond, parent].map(({ definition }) => [definition.name, definition])),
    pauses: createPauses(store),
    schedules: [own('firing'), own('resting')],
  };
});
afterAll(async () => {
  await applySchedules({ ...services, schedules: [] });
  await kit.stop();
});

async function isPaused(name: string): Promise<boolean | undefined> {
  return (await findSchedule(services, `${name}-${kit.taskQueue}`))?.description.state.paused;
}

describe('a paused pipeline', () => {
  it('is started by nobody, while what is at work goes on, and its schedules rest until it is resumed', async () => {
    await applySchedules(services);
    await pauseSchedule(services, `resting-${kit.taskQueue}`, 'by hand');
    const { schedules } = await pausePipeline(services, 'diamond', { by: 'ann', reason: 'moving' });
    expect(schedules).toEqual([`firing-${kit.taskQueue}`]);
    expect([await isPaused('firing'), await isPaused('resting')]).toEqual([true, true]);

    await expect(triggerRun(services, 'diamond')).rejects.toMatchObject({ type: 'PipelinePaused' });
    // Whoever knows Temporal alone is refused by the run itself, before anything is written.
    const fireTime = '2026-04-01T00:00:00Z';
    const raw = await kit.start(diamond, { fireTime });
    await expect(raw.result()).rejects.toMatchObject({ cause: { type: 'PipelinePaused' } });
    expect(await kit.ledger.attempts(formatRunId({ pipeline: 'diamond', fireTime }))).toEqual([]);
    // What assets and backfills have started just before the pause is put off: they start nothing twice.
    const putOff = await Promise.all(
      [
        { key: 'filled', startedBy: 'backfill one' },
        {
          key: 'triggered',
          trigger: { completedBy: { asset: 'a', partition: 'p', source: 's' }, inputs: [] },
        },
      ].map((input) =>
        kit.start(diamond, { fireTime, interval: { start: fireTime, end: fireTime }, ...input }),
      ),
    );
    // A run that waits for it as its child is no way in.
    await kit.execute(parent, { fireTime, params: {} });

    for (const key of ['filled', 'triggered']) {
      expect(await kit.ledger.attempts(formatRunId({ pipeline: 'diamond', key, fireTime }))).toEqual([]);
    }
    const resumed = await resumePipeline(services, 'diamond', 'ann');
    expect(resumed).toEqual({ wasPaused: true, schedules: [`firing-${kit.taskQueue}`], caughtUp: [] });
    expect([await isPaused('firing'), await isPaused('resting')]).toEqual([false, true]);
    await kit.execute(diamond, { fireTime });
    await Promise.all(putOff.map((run) => run.result()));
    expect((await kit.ledger.list({ pipeline: 'diamond', key: 'filled' })).runs).toMatchObject([
      { state: 'success', startedBy: 'backfill one' },
    ]);
  });
});
