/**
 * A day of one queue under the autoscaling of terraform/modules/worker-service/autoscaling, minute by minute: how long
 * tasks wait, and how many hours of Fargate tasks that takes. A model of the policies, for choosing their settings.
 *
 * Target tracking (AWS Application Auto Scaling): the number of tasks is multiplied by utilisation over target and
 * rounded up; out at once and then after `outCooldown`, in after `inCooldown` and only below 90 % of the target.
 */
const MINUTES = 24 * 60;

/**
 * @param {{ min: number, max: number, target: number, outCooldown: number, inCooldown: number,
 *   wakeCooldown: number, slotsPerTask: number, startMinutes: number }} policy seconds for cooldowns, per cent for target
 * @param {(minute: number) => number} arrivals tasks that arrive in a minute
 * @param {number} taskMinutes that one of them takes
 */
export function simulateDay(policy, arrivals, taskMinutes) {
  const state = { desired: policy.min, starting: [], up: policy.min, outAt: -Infinity, inAt: -Infinity };
  const queue = [];
  let running = [];
  const waits = [];
  let taskMinutesPaid = 0;
  let peak = 0;
  for (let minute = 0; minute < MINUTES || queue.length + running.length > 0; minute += 1) {
    if (minute > 3 * MINUTES) break;
    const isUp = state.starting.filter((at) => at <= minute).length;
    state.up += isUp;
    state.starting = state.starting.filter((at) => at > minute);
    running = running.filter((end) => end > minute);
    if (minute < MINUTES) queue.push(...Array.from({ length: arrivals(minute) }, () => minute));
    const slots = state.up * policy.slotsPerTask;
    while (running.length < slots && queue.length > 0) {
      waits.push(minute - queue.shift());
      running.push(minute + taskMinutes);
    }
    scale(policy, state, minute, { backlog: queue.length, used: running.length, slots });
    const paid = state.up + state.starting.length;
    taskMinutesPaid += paid;
    peak = Math.max(peak, paid);
  }
  waits.sort((a, b) => a - b);
  return {
    done: waits.length,
    left: queue.length + running.length,
    waitMinutes: { p50: quantile(waits, 0.5), p95: quantile(waits, 0.95), max: waits.at(-1) ?? 0 },
    taskHours: taskMinutesPaid / 60,
    peak,
    atEnd: state.up + state.starting.length,
  };
}

function scale(policy, state, minute, { backlog, used, slots }) {
  const current = state.up + state.starting.length;
  const seconds = minute * 60;
  if (slots === 0) {
    if (backlog > 0 && current < 1 && seconds - state.outAt >= policy.wakeCooldown)
      grow(policy, state, minute, current + 1);
    return;
  }
  const utilisation = (100 * (backlog + used)) / slots;
  const wanted = clamp(Math.ceil((state.up * utilisation) / policy.target), policy);
  if (wanted > current && seconds - state.outAt >= policy.outCooldown) grow(policy, state, minute, wanted);
  const low = utilisation < 0.9 * policy.target;
  if (wanted < current && low && seconds - Math.max(state.inAt, state.outAt) >= policy.inCooldown) {
    // Busy tasks are protected from scaling in.
    const busy = Math.ceil(used / policy.slotsPerTask);
    state.up = Math.max(wanted, busy, policy.min) - state.starting.length;
    state.inAt = seconds;
  }
}

function grow(policy, state, minute, wanted) {
  const more = clamp(wanted, policy) - state.up - state.starting.length;
  state.starting.push(...Array.from({ length: Math.max(0, more) }, () => minute + policy.startMinutes));
  state.outAt = minute * 60;
}

function clamp(value, { min, max }) {
  return Math.min(max, Math.max(min, value));
}

function quantile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
