import { beforeEach, describe, expect, it } from 'vitest';

import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { createLocalStore } from '../store/local-store.ts';
import { createPauses } from './pauses.ts';

let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder('pauses');
});

const ann = { by: 'ann', reason: 'the source is being moved' };

describe('a paused pipeline', () => {
  it('is known to whoever opens the store, until it is resumed', async () => {
    const at = new Date('2026-02-01T00:00:00Z');
    const pauses = createPauses(createLocalStore(folder), () => at);
    expect(await pauses.of('medallion')).toBeUndefined();
    await pauses.pause('medallion', ann);
    const others = createPauses(createLocalStore(folder));
    expect(await others.of('medallion')).toEqual({ ...ann, at: at.toISOString() });
    expect(await others.of('scoring')).toBeUndefined();
    expect(await others.resume('medallion', { by: 'bob' })).toBe(true);
    expect(await others.resume('medallion', { by: 'bob' })).toBe(false);
    expect(await pauses.of('medallion')).toBeUndefined();
  });

  it('keeps every word of many who speak at once', async () => {
    const store = createLocalStore(folder);
    const pauses = createPauses(store);
    await Promise.all(['ann', 'bob', 'cid'].map((by) => pauses.pause('medallion', { ...ann, by })));
    const keys: string[] = [];
    for await (const { key } of store.list('')) keys.push(key);
    expect(keys).toHaveLength(3);
    expect(await pauses.of('medallion')).toMatchObject({ reason: ann.reason });
  });
});
