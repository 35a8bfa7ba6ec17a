/** What is to be done about a model: a pure function of what is known of it. */
import { isEnough } from '../enough-labels.ts';
import { judgingSliceStart } from '../judging-slice.ts';
import { following, maturesAt } from './calendar.ts';
import type { Decision, Reason, Summons } from './decision.ts';
import type { GovernancePolicy } from './policy.ts';
import type { Measure, PlanningRules, Situation } from './situation.ts';
import { streaksOf, type Streak } from './streaks.ts';
import { triggersOf, type Trigger } from './triggers.ts';

type Verdict = Omit<Decision, 'asOf' | 'champion'>;

/**
 * The first rule that applies decides:
 * 1. one retraining at a time: `no-action`
 * 2. data that arrives broken asks for a fix, and too many attempts for a person: `stop-and-ask`
 * 3. nothing has matured that the last training did not know: `wait-for-labels`, where anything speaks for one
 * 4. a request, or drift that is confirmed and can be learnt and judged: `retrain`
 * 5. drift that cannot yet be learnt: `wait-for-labels`, also instead of a planned retraining
 * 6. a planned retraining that is due: `retrain`
 * 7. less than it takes for a retraining: `schedule`
 * A freeze turns `retrain` into `no-action`. A champion below the floor calls a person, whatever is decided.
 */
export function decide(situation: Situation, policy: GovernancePolicy, rules: PlanningRules): Decision {
  const { asOf, champion, frozen } = situation;
  const found = hindrance(situation, policy) ?? demand(situation, policy, rules);
  const verdict: Verdict =
    found.decision === 'retrain' && frozen !== undefined
      ? { decision: 'no-action', reasons: [fact('frozen', frozen), ...found.reasons] }
      : found;
  const page = summonsOf(situation, policy, rules);
  return { asOf, champion, ...verdict, ...(page && { page }) };
}

/** By the newest interval whose labels have come. */
function summonsOf(
  { champion, judged }: Situation,
  { owner }: GovernancePolicy,
  { floorAuc: floor }: PlanningRules,
): Summons | undefined {
  const found = judged.findLast(({ measures }) => measures.some(isPerformance));
  const value = found?.measures.find(isPerformance)?.value;
  if (!found || typeof value !== 'number' || !(value < floor)) return undefined;
  const { start: interval } = found.interval;
  const reason = `version ${champion} has an AUC of ${value.toFixed(4)} on the labels of ${interval.slice(0, 10)}, below the floor of ${floor}`;
  return { owner, interval, value, floor, reason };
}

function isPerformance({ kind, level }: Measure): boolean {
  return kind === 'performance' && level !== 'insufficient';
}

function hindrance(situation: Situation, { maxAttempts, owner }: GovernancePolicy): Verdict | undefined {
  const { running, attempts, judged } = situation;
  if (running !== undefined) {
    return { decision: 'no-action', reasons: [fact('running', `${running} is under way, one at a time`)] };
  }
  const faults = judged.flatMap(({ interval, faults }) =>
    faults.map(({ column, reason }) => ({
      measure: `data quality of ${column}`,
      value: interval.start,
      threshold: null,
      reason: `${reason}: mend the feed and run the interval again`,
    })),
  );
  if (faults.length > 0) return { decision: 'stop-and-ask', reasons: faults, owner };
  if (attempts < maxAttempts) return undefined;
  const reason = 'so many retrainings have not led to a promotion; a person who has looked says `resume`';
  const tooMany = { measure: 'attempts', value: attempts, threshold: maxAttempts, reason };
  return { decision: 'stop-and-ask', reasons: [tooMany], owner };
}

function demand(situation: Situation, policy: GovernancePolicy, rules: PlanningRules): Verdict {
  if (situation.champion === null) return firstTraining(situation);
  const streaks = streaksOf(situation.judged);
  const confirmed = triggersOf(streaks, policy, policy.consecutive);
  const suspected = triggersOf(streaks, policy, 1);
  const requested = requestOf(situation);
  const cooled = maturedSinceTraining(situation) >= policy.cooldownIntervals;
  const wanted = [...requested, ...reasonsOf(confirmed, policy)];
  if (!cooled && wanted.length > 0) {
    return waitFor(nextMaturity(situation, rules), [...wanted, coolingDown(situation, policy)]);
  }
  if (requested.length > 0) return { decision: 'retrain', reasons: wanted };
  if (confirmed.some((trigger) => canBeLearnt(trigger, situation, rules))) {
    return { decision: 'retrain', reasons: wanted };
  }
  const drift = confirmed.length > 0 ? confirmed : suspected;
  const unlearnt = drift.filter((trigger) => !canBeLearnt(trigger, situation, rules));
  if (unlearnt.length > 0)
    return waitFor(learnableFrom(unlearnt, situation, rules), reasonsOf(drift, policy));
  return planned(situation, policy, rules, streaks);
}

function planned(
  situation: Situation,
  policy: GovernancePolicy,
  { everyIntervals }: PlanningRules,
  streaks: readonly Streak[],
): Verdict {
  const matured = maturedSinceTraining(situation);
  const plan: Reason = {
    measure: 'intervals matured since the last training',
    value: matured,
    threshold: everyIntervals,
    reason: matured >= everyIntervals ? 'the planned retraining is due' : 'no planned retraining is due',
  };
  const noticed = streaks.map((streak) => reasonOf(streak, policy));
  if (matured >= everyIntervals) return { decision: 'retrain', reasons: [plan, ...noticed] };
  const counts = streaks.some(({ measure, intervals }) =>
    measure.level === 'critical' ? true : intervals >= policy.consecutive,
  );
  return { decision: counts ? 'schedule' : 'no-action', reasons: [...noticed, plan] };
}

function firstTraining(situation: Situation): Verdict {
  const { matured } = situation;
  const total = (name: 'rows' | 'positives'): number =>
    matured.reduce((sum, interval) => sum + interval[name], 0);
  const [rows, positives] = [total('rows'), total('positives')];
  const enough: Reason = {
    measure: 'matured rows',
    value: rows,
    threshold: null,
    reason: `there is no champion; ${positives} of ${rows} matured rows are positive`,
  };
  const reasons = [...requestOf(situation), enough];
  if (!isEnough({ rows, positives })) return { decision: 'wait-for-labels', reasons };
  if (maturedSinceTraining(situation) > 0) return { decision: 'retrain', reasons };
  return {
    decision: 'wait-for-labels',
    reasons: [...reasons, fact('last training', 'nothing has matured since')],
  };
}

/** Another interval is left to judge on, once the drifted one is trained on. */
function canBeLearnt(
  { began }: Trigger,
  { matured, championUntil = '' }: Situation,
  { minPositives }: PlanningRules,
): boolean {
  const slice = judgingSliceStart(matured, championUntil, minPositives);
  return slice !== undefined && matured.some(({ start }) => start >= began.start && start < slice);
}

/** When an interval after the drifted one has matured; later still where that has too few positives. */
function learnableFrom(triggers: readonly Trigger[], situation: Situation, rules: PlanningRules): string {
  const earliest = triggers.map(({ began }) => maturesAt(following(began), rules.horizonDays)).toSorted()[0];
  const next = nextMaturity(situation, rules);
  if (earliest !== undefined && (next === undefined || earliest > situation.asOf)) return earliest;
  return next ?? situation.asOf;
}

/** Of the first interval whose labels are still to come, as far as intervals are known or follow one another. */
function nextMaturity({ asOf, judged }: Situation, { horizonDays }: PlanningRules): string | undefined {
  const known = judged.map(({ interval }) => interval);
  const pending = known.find((interval) => maturesAt(interval, horizonDays) > asOf);
  let interval = pending ?? known.at(-1);
  while (interval !== undefined && maturesAt(interval, horizonDays) <= asOf) interval = following(interval);
  return interval && maturesAt(interval, horizonDays);
}

function maturedSinceTraining({ matured, lastTrainedOn = '' }: Situation): number {
  return matured.filter(({ start }) => start > lastTrainedOn).length;
}

function requestOf({ request }: Situation): Reason[] {
  return request === undefined ? [] : [fact('request', `${request.by} asks for it: ${request.reason}`)];
}

function coolingDown(situation: Situation, { cooldownIntervals }: GovernancePolicy): Reason {
  return {
    measure: 'intervals matured since the last training',
    value: maturedSinceTraining(situation),
    threshold: cooldownIntervals,
    reason: 'there is nothing new to learn from or to judge on',
  };
}

function waitFor(possibleFrom: string | undefined, reasons: readonly Reason[]): Verdict {
  return { decision: 'wait-for-labels', reasons, ...(possibleFrom !== undefined && { possibleFrom }) };
}

function reasonsOf(triggers: readonly Trigger[], policy: GovernancePolicy): Reason[] {
  return triggers.flatMap(({ streaks }) => streaks.map((streak) => reasonOf(streak, policy)));
}

function reasonOf({ measure, intervals, began }: Streak, { consecutive }: GovernancePolicy): Reason {
  const { kind, name, level, value, threshold } = measure;
  return {
    measure: kind === 'feature' ? `feature_psi of ${name}` : name,
    value,
    threshold,
    reason: `${level} in ${judged(intervals)} (${consecutive} needed), since ${began.start.replace('T00:00:00Z', '')}`,
  };
}

function judged(intervals: number): string {
  return intervals === 1 ? '1 judged interval' : `${intervals} judged intervals in a row`;
}

function fact(measure: string, reason: string): Reason {
  return { measure, value: null, threshold: null, reason };
}
