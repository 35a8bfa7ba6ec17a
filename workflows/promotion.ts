/** The gate between a challenger and the alias `champion`, and the way back. */
import { z } from 'zod';

import type { ProjectActivities } from '../activities/project/contract.ts';
import type { RegistryActivities } from '../activities/registry/contract.ts';
import { judge } from './domain/judge.ts';
import { activities } from './engine/activities.ts';
import { pipeline } from './engine/pipeline.ts';
import { QUICK } from './engine/profiles.ts';

const projects = activities<ProjectActivities>('project', QUICK);
const registry = activities<RegistryActivities>('registry', QUICK);

/** `override` is a person's word instead of the gate's; both stand in the registry's log. */
const Params = () =>
  z.object({
    project: z.string().min(1),
    version: z.number().int().positive(),
    override: z.object({ by: z.string().min(1), reason: z.string().min(1) }).optional(),
  });

/** What came of a challenger: promoted, or the verdict that kept it from being so. */
export const promotion = pipeline({ name: 'promotion', params: Params }, async (run) => {
  const { project, version, override } = run.params;

  const spec = run.task('spec', () => projects.spec({ project }));
  const challenger = run.task('challenger', { after: [spec] }, ({ model }) =>
    registry.describe({ model, version }),
  );
  const champion = run.task('champion', { after: [spec] }, ({ model }) =>
    registry.describeAlias({ model, alias: 'champion' }),
  );
  const judged = run.task(
    'gate',
    { after: [spec, challenger, champion] },
    async ({ gate, model }, challenger, champion, { key }) => {
      const verdict = judge(challenger.evaluation, gate, { championDigest: champion?.digest ?? null });
      const against = champion?.version ?? null;
      await registry.recordGate({ model, version, against, verdict, by: run.id, key });
      return verdict;
    },
  );
  const promoted = run.task(
    'promote',
    { after: [spec, champion, judged] },
    ({ model }, champion, { verdict }, { key }) => {
      if (verdict !== 'pass' && override === undefined) run.skip(`the gate says ${verdict}`);
      const word = override ?? { by: run.id, reason: 'the gate passed' };
      return registry.promote({ model, version, expected: champion?.version ?? null, ...word, key });
    },
  );
  const outcome = await promoted.outcome();
  return { verdict: await judged, promoted: outcome.state === 'success' ? outcome.value : null };
});

/** One step back: `previous` is champion again. */
export const rollback = pipeline(
  {
    name: 'rollback',
    params: () => z.object({ model: z.string().min(1), by: z.string().min(1), reason: z.string().min(1) }),
  },
  (run) => run.task('rollback', ({ key }) => registry.rollback({ ...run.params, key })),
);
