/**
 * People in a run: one fills in a form, one takes a choice, one takes several, one is not waited for long, and two of
 * them may let the notice out. Whoever answers does so by `assay approvals answer RUN TASK CHOICE`, by the SDK, or by
 * `temporal workflow update execute --workflow-id RUN --name answer --input '{"task":…,"who":…,"choice":…}'`.
 * While they think the run holds no worker, and it survives every restart.
 *
 *   $ RUN=$(assay runs trigger humanReview)
 *   $ assay approvals list
 *   $ assay approvals answer $RUN wording submit --field title=March
 *   $ assay approvals answer $RUN audience board
 *   $ assay approvals answer $RUN channels mail print
 *   $ assay approvals answer $RUN day today
 *   $ assay approvals answer $RUN release approve --as ann
 *   $ assay runs show $RUN outcome
 */
import { z } from 'zod';
import type { Duration } from '../../workflows/domain/duration.ts';
import { pipeline } from '../../workflows/engine/pipeline.ts';

const Params = () =>
  z.object({
    reviewers: z.array(z.string()).min(1).default(['ann', 'bob']),
    /** How long the last two questions wait: `30s`, `2h`, `7d`. */
    patience: z
      .string()
      .regex(/^\d+(ms|s|m|h|d)$/)
      .default('2d'),
  });

export const humanReview = pipeline(
  {
    name: 'humanReview',
    description: 'asks people: a form, a choice, several choices, a time limit, an approval',
    params: Params,
    tags: ['example'],
  },
  async (run) => {
    const { reviewers } = run.params;
    const patience = run.params.patience as Duration;
    const draft = run.task('draft', () => 'Readmissions rose by 3 % in March.');

    // A form: there is nothing to choose, but something to fill in.
    const wording = run.approval('wording', {
      after: [draft],
      message: (text) => `What is the title of this? ${text}`,
      choices: ['submit'],
      fields: {
        title: { type: 'text', required: true, maxLength: 80 },
        wards: { type: 'integer', min: 1, max: 40, default: 10, description: 'wards in the table' },
      },
    });
    const audience = run.approval('audience', { choices: ['ward', 'board', 'public'] });
    const channels = run.approval('channels', { choices: ['mail', 'intranet', 'print'], multiple: true });
    // Nobody is held up by a question that can do without its answer.
    const day = run.approval('day', {
      choices: ['today', 'tomorrow'],
      timeout: patience,
      default: 'tomorrow',
    });
    // Without an answer in time this is `reject`, as no other default is declared.
    const released = run.approval('release', {
      after: [wording, audience, channels],
      message: ({ fields }, to, by) =>
        `"${fields.title}" to the ${to.choice}, by ${by.choices.join(' and ')}?`,
      choices: ['approve', 'reject'],
      assignees: reviewers,
      timeout: patience,
    });

    // People's answers are values like any other, and branches are skipped like any other.
    const notice = run.task(
      'publish',
      { after: [released, wording, channels, day] },
      ({ choice, by }, { fields }, { choices }, when) =>
        choice === 'approve'
          ? { title: fields.title, wards: fields.wards, channels: choices, day: when.choice, releasedBy: by }
          : run.skip(`${by ?? 'nobody'} released it`),
    );
    const kept = run.task('keep', { after: [released] }, ({ choice, comment = 'no reason given' }) =>
      choice === 'reject' ? { kept: comment } : run.skip('it was released'),
    );
    return run.task('outcome', { after: [notice, kept], when: 'none_failed_min_one_success' }, (one, other) =>
      one.state === 'success' ? one.value : other.state === 'success' ? other.value : null,
    );
  },
);
