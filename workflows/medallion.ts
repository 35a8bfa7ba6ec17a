/** Bronze as it came, silver typed and clean, gold ready to learn from; a contract stands between any two. */
import { z } from 'zod';

import type { LakeActivities, Refined } from '../activities/lake/contract.ts';
import type { TableRef } from './domain/reference.ts';
import { activities } from './engine/activities.ts';
import { toFailure } from './engine/failures.ts';
import { pipeline } from './engine/pipeline.ts';
import { FORGIVING, QUERY } from './engine/profiles.ts';

const lake = activities<LakeActivities>('lake', QUERY);

export interface MedallionSummary {
  readonly tables: Readonly<Record<'bronze' | 'silver' | 'features' | 'labels', TableRef>>;
  /** `in` is the sum of the others. */
  readonly rows: Readonly<Record<'in' | 'duplicates' | 'quarantined' | 'excluded' | 'gold', number>>;
}

export const medallion = pipeline(
  {
    name: 'medallion',
    description: 'takes in what landed of a project: bronze, silver, gold, and the contracts between them',
    timetable: { cron: '@monthly' },
    retries: FORGIVING,
    params: () => z.object({ project: z.string().min(1) }),
  },
  async (run) => {
    const { project } = run.params;
    const { interval } = run;

    const landed = run.task('land', {}, () => lake.land({ project, interval }));
    const bronze = run.task('bronze', { after: [landed] }, ({ files }, task) =>
      lake.ingest({ project, interval, files, key: task.key }),
    );
    const bronzeChecks = run.task('bronze-checks', { after: [bronze] }, ({ bronze, rejects }) =>
      lake.check({ project, interval, layer: 'bronze', tables: { bronze, rejects } }),
    );
    const silver = run.task('silver', { after: [bronze, bronzeChecks] }, ({ bronze }, _checks, task) =>
      lake.refine({ project, interval, layer: 'silver', tables: { bronze }, key: task.key }),
    );
    const silverChecks = run.task('silver-checks', { after: [silver] }, ({ tables }) =>
      lake.check({ project, interval, layer: 'silver', tables }),
    );
    const gold = run.task('gold', { after: [silver, silverChecks] }, ({ tables }, _checks, task) =>
      lake.refine({ project, interval, layer: 'gold', tables, key: task.key }),
    );
    const goldChecks = run.task('gold-checks', { after: [gold] }, ({ tables }) =>
      lake.check({ project, interval, layer: 'gold', tables }),
    );
    return run.task(
      'summary',
      { after: [bronze, silver, gold, goldChecks] },
      (bronze, silver, gold): MedallionSummary => ({
        tables: {
          bronze: bronze.bronze,
          silver: tableOf(silver, 'silver'),
          features: tableOf(gold, 'features'),
          labels: tableOf(gold, 'labels'),
        },
        rows: {
          in: bronze.rows + bronze.rejected,
          duplicates: silver.rows.duplicates,
          quarantined: silver.rows.quarantined + bronze.rejected,
          excluded: gold.rows.excluded,
          gold: gold.rows.out,
        },
      }),
    );
  },
);

function tableOf({ tables }: Refined, name: string): TableRef {
  const table = tables[name];
  if (table) return table;
  throw toFailure({
    type: 'NoSuchTable',
    message: `The layer wrote no table "${name}": its transforms name none so.`,
  });
}
