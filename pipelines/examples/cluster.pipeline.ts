/** Set-up and teardown: a cluster is there for the work alone, and goes whatever becomes of the work. */
import { z } from 'zod';
import { activities } from '../../workflows/engine/activities.ts';
import { pipeline } from '../../workflows/engine/pipeline.ts';
import { QUICK } from '../../workflows/engine/profiles.ts';
import type { ClusterActivities } from './cluster.activities.ts';

const clusters = activities<ClusterActivities>('cluster', QUICK);

export const cluster = pipeline(
  {
    name: 'cluster',
    description: 'set-up and teardown: a cluster that goes whatever becomes of the work',
    params: () => z.object({ shards: z.int().min(1).max(20).default(3) }),
    tags: ['example'],
  },
  (run) => {
    // The teardown finds what the set-up made by the key alone: also where the set-up died before it could say so.
    const key = `${run.id}/${run.attempt}`;
    run.finally('teardown', () => clusters.remove({ key }));
    const ready = run.task('setup', () => clusters.create({ key }));
    const shards = Array.from({ length: run.params.shards }, (_, shard) =>
      run.task(`shard-${shard}`, { after: [ready] }, ({ cluster }) => clusters.compute({ cluster, shard })),
    );
    return run.task('sum', { after: shards }, (...results) =>
      results.slice(0, -1).reduce<number>((sum, result) => sum + Number(result), 0),
    );
  },
);
