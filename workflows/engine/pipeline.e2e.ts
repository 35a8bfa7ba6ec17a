import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { squares } from '../../pipelines/examples/squares.pipeline.ts';
import { startKit, type Kit } from './testing/kit.ts';
import { diamond } from './testing/pipelines.ts';

let kit: Kit;

beforeAll(async () => {
  kit = await startKit({
    pipelines: [squares, diamond],
    activities: { 'probe.echo': async (value: unknown) => value },
  });
});
afterAll(() => kit.stop());

describe('a run', () => {
  test('returns what its function returns', async () => {
    expect(await kit.execute(squares, { params: { upTo: 4 } })).toBe(30);
  });
  test('hands values from task to task and leaves a record', async () => {
    const result = await kit.execute(diamond, { params: { word: 'ore' }, fireTime: '2026-01-01T00:00:00Z' });
    expect(result).toEqual({ one: 'ore-left', two: 'ore-right', key: 'diamond-2026-01-01T00:00:00Z/1/end' });
    const record = await kit.ledger.record('diamond-2026-01-01T00:00:00Z');
    expect(record).toMatchObject({ state: 'success' });
  });
});
