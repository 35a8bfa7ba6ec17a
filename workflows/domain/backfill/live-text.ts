/** A backfill in a few lines of Markdown, as Temporal's Web UI shows them. */
import type { BackfillPlan } from './plan.ts';
import type { BackfillState } from './window.ts';

/** Open runs and troubled ones that are named. */
const NAMED = 10;

export type BackfillWord = 'running' | 'paused' | 'cancelling';

/** `running`, or why nothing new is started. */
export function backfillWord({
  paused,
  cancelled,
}: Pick<BackfillState, 'paused' | 'cancelled'>): BackfillWord {
  if (cancelled !== undefined) return 'cancelling';
  return paused === undefined ? 'running' : 'paused';
}

export function backfillText(
  id: string,
  { plan, total }: { plan: BackfillPlan; total: number },
  state: BackfillState,
): string {
  const { counts, open, troubled, paused, isHeld = false } = state;
  const { success, ...others } = counts.ended;
  const ended = Object.values(counts.ended).reduce((sum, count) => sum + count, 0);
  const leftOut = Object.values(counts.leftOut).reduce((sum, count) => sum + count, 0);
  const bad = Object.entries(others).filter(([, count]) => count > 0);
  const lines = [
    `**${id}**: ${backfillWord(state)}${paused?.reason === undefined ? '' : ` (${paused.reason})`}`,
    `${plan.from} to ${plan.to}, ${plan.order}, ${plan.reprocess}, at most ${plan.maxActive} open`,
    `${ended + leftOut} of ${total}: ${success} success, ${[...bad.map(([word, count]) => `${count} ${word}`), `${leftOut} left out`].join(', ')}; ${open.length} open`,
    ...(isHeld ? [`${plan.pipeline} is paused, so nothing is started`] : []),
    ...open.slice(0, NAMED).map(({ run, attempt }) => `- open: ${run} attempt ${attempt}`),
    ...troubled.slice(-NAMED).map(({ run, state: end, message = '' }) => `- ${end}: ${run} ${message}`),
  ];
  return lines.join('\n');
}
