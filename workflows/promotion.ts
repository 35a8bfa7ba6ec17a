/** The gate between a challenger and the alias `champion`, and the way back. */
import { z } from 'zod';

import type { ProjectActivities } from '../activities/project/contract.ts';
import type { RegistryActivities } from '../activities/registry/contract.ts';
import type { ReportActivities } from '../activities/reports/contract.ts';
import { decidePromotion, type PromotionDecision } from './domain/governance/promotion-rule.ts';
import type { Verdict } from './domain/gates.ts';
import { judge } from './domain/judge.ts';
import { activities } from './engine/activities.ts';
import { pipeline } from './engine/pipeline.ts';
import { tellGovernor } from './governor-told.ts';
import { FORGIVING, QUICK, TRAINING } from './engine/profiles.ts';
import { modelOfProject } from './model-of-project.ts';

const projects = activities<ProjectActivities>('project', QUICK);
const reports = activities<ReportActivities>('reports', TRAINING);
const registry = activities<RegistryActivities>('registry', QUICK);

/**
 * `override` is a person's word instead of the gate's; both stand in the registry's log. `automatic` asks for no
 * less than the project's policy does of a promotion without a person.
 */
const Params = () =>
  z.object({
    project: z.string().min(1),
    version: z.number().int().positive(),
    override: z.object({ by: z.string().min(1), reason: z.string().min(1) }).optional(),
    automatic: z.boolean().default(false),
    /** What monitoring has warned of. */
    warnings: z.array(z.string()).default([]),
  });

/** What came of a challenger: promoted, or the verdict that kept it from being so. */
export const promotion = pipeline(
  {
    name: 'promotion',
    description: 'judges a version by the gate, and makes it champion where it passes',
    retries: FORGIVING,
    params: Params,
    model: modelOfProject,
  },
  async (run) => {
    const { project, version, override, automatic, warnings } = run.params;

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
    // A verdict that cannot be drawn is a verdict all the same.
    run.task('report', { after: [challenger, judged], mayFail: true }, ({ model }, _verdict, { key }) =>
      reports.training({ project, model, version, key }),
    );
    const decided = run.task(
      'decide',
      { after: [spec, challenger, champion, judged] },
      ({ governance }, { evaluation, trainedUntil }, champion, verdict): PromotionDecision => {
        if (override !== undefined) return { promote: true, ask: false, reason: override.reason };
        if (!automatic) return byTheGate(verdict.verdict);
        const until = { challenger: trainedUntil, ...(champion && { champion: champion.trainedUntil }) };
        return decidePromotion({ verdict, evaluation, trainedUntil: until, warnings }, governance);
      },
    );
    const question = run.task('question', { after: [spec, decided] }, async (spec, { ask, reason }) => {
      if (!ask) return run.skip('nobody need be asked');
      await tellGovernor(spec.model);
      return { text: `Promote ${spec.model}/${version}? ${reason}`, ...spec.governance.approval };
    });
    const approval = run.approval('approve', {
      after: [question],
      choices: ['approve', 'reject'],
      message: ({ text }) => text,
      assignees: ({ assignees }) => assignees,
      timeout: ({ timeout }) => timeout,
    });
    const word = run.task(
      'word',
      { after: [challenger, decided, approval], when: 'none_failed' },
      async (challenger, decided, approval, { key }) => {
        const { promote, reason } = decided.state === 'success' ? decided.value : UNDECIDED;
        if (approval.state === 'success' && challenger.state === 'success') {
          const { choice, comment, timedOut, by } = approval.value;
          const { model } = challenger.value;
          const said = { choice, ...(comment !== undefined && { comment }), timedOut };
          await registry.recordApproval({ model, version, by: by ?? run.id, ...said, key });
          const words = `${by ?? 'nobody'} says ${choice}${comment === undefined ? '' : `: ${comment}`}`;
          if (choice !== 'approve') run.skip(timedOut ? 'nobody has approved it in time' : words);
          return { by: by ?? run.id, reason: words };
        }
        if (!promote) run.skip(reason);
        return override ?? { by: run.id, reason };
      },
    );
    const promoted = run.task(
      'promote',
      { after: [challenger, champion, word] },
      (challenger, champion, word, { key }) => {
        const { model } = challenger;
        return registry.promote({ model, version, expected: champion?.version ?? null, ...word, key });
      },
    );
    const [said, outcome] = [await word.outcome(), await promoted.outcome()];
    return {
      verdict: await judged,
      promoted: outcome.state === 'success' ? outcome.value : null,
      ...(said.state === 'skipped' && said.reason !== undefined && { reason: said.reason }),
    };
  },
);

/** Without a decision nothing is promoted. */
const UNDECIDED: PromotionDecision = { promote: false, ask: false, reason: 'nothing was decided' };

function byTheGate(verdict: Verdict): PromotionDecision {
  return { promote: verdict === 'pass', ask: false, reason: passed(verdict) };
}

function passed(verdict: Verdict): string {
  return verdict === 'pass' ? 'the gate passed' : `the gate says ${verdict}`;
}

/** One step back: `previous` is champion again. */
export const rollback = pipeline(
  {
    name: 'rollback',
    description: 'makes the previous champion champion again',
    retries: FORGIVING,
    params: () => z.object({ model: z.string().min(1), by: z.string().min(1), reason: z.string().min(1) }),
    model: ({ model }) => model,
  },
  (run) => run.task('rollback', ({ key }) => registry.rollback({ ...run.params, key })),
);
