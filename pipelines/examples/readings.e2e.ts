import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { startKit, type Kit } from '../../workflows/engine/testing/kit.ts';
import { readings } from './readings.pipeline.ts';
import { squares } from './squares.pipeline.ts';

const INTERVAL = { start: '2026-03-01T06:00:00Z', end: '2026-03-02T06:00:00Z' };
const INPUT = { fireTime: INTERVAL.end, interval: INTERVAL };
const file = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

describe('readings', () => {
  let kit: Kit;
  beforeAll(async () => (kit = await startKit({ pipelines: [readings, squares] })));
  afterAll(() => kit.stop());

  it('waits for the run of its interval, reads every station and adds up', async () => {
    const waiting = await kit.start(readings, INPUT, `readings-${INTERVAL.end}`);
    await kit.start(squares, INPUT, `squares-${INTERVAL.end}`);
    expect(await waiting.result()).toBe('northsouthwest'.length + 3 * 1);
    const { tasks } = await kit.query(waiting);
    expect(tasks.find(({ name }) => name === 'tell')?.result).toBe('total: success');
  });

  it('is what the guide shows, word for word', () => {
    const guide = file('../../docs/from-airflow.md');
    const source = file('./readings.pipeline.ts');
    expect(guide).toContain(
      source.slice(source.indexOf('export const readings'), source.indexOf('\n/** Stands for')),
    );
  });
});
