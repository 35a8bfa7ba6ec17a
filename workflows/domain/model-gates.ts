/** Gates that a model faces alone: floors, a ceiling, calibration, speed. */
import type { EvaluationReport } from './evaluation.ts';
import { numberGate, shown, type Finding } from './gate-rule.ts';
import type { GateResult } from './gates.ts';
import type { GatePolicy } from './project.ts';

export function judgeAlone(report: EvaluationReport, policy: GatePolicy): GateResult[] {
  return [
    aucFloor(report, policy),
    precisionFloor(report, policy),
    plausibility(report, policy),
    calibration(report, policy),
    latency(report, policy),
  ];
}

function aucFloor(report: EvaluationReport, { floors }: GatePolicy): GateResult {
  return numberGate({
    gate: 'auc-floor',
    name: 'AUC',
    value: report.auc?.value,
    bound: `at least ${floors.auc}`,
    decide: (auc) => atLeast(auc, floors.auc, `AUC ${shown(auc, floors.auc)}`, 'ranks patients too poorly'),
  });
}

function precisionFloor(report: EvaluationReport, { floors }: GatePolicy): GateResult {
  const least = floors.prAucOverEventRate;
  return numberGate({
    gate: 'pr-auc-floor',
    name: 'PR-AUC over event rate',
    value: report.prAuc?.value / (report.positives / report.rows),
    bound: `at least ${least} times the event rate`,
    decide: (ratio) =>
      atLeast(
        ratio,
        least,
        `PR-AUC at ${shown(ratio, least)} times the event rate`,
        'finds too few of the events',
      ),
  });
}

function plausibility(report: EvaluationReport, { ceilingAuc }: GatePolicy): GateResult {
  return numberGate({
    gate: 'plausibility',
    name: 'AUC',
    value: report.auc?.value,
    bound: `at most ${ceilingAuc}`,
    decide: (auc) =>
      auc <= ceilingAuc
        ? { verdict: 'pass', reason: `AUC ${shown(auc, ceilingAuc)} is within what such data can give.` }
        : {
            verdict: 'hold',
            reason: `AUC ${shown(auc, ceilingAuc)} is above ${ceilingAuc}, more than such data can honestly give: a person must rule out a leak.`,
          },
  });
}

function calibration(report: EvaluationReport, { calibration: { min, max } }: GatePolicy): GateResult {
  return numberGate({
    gate: 'calibration',
    name: 'Mean score over event rate',
    value: report.calibration,
    bound: `between ${min} and ${max}`,
    decide: (ratio) => {
      if (ratio >= min && ratio <= max) {
        return { verdict: 'pass', reason: `The mean score is ${shown(ratio)} times the event rate.` };
      }
      const [direction, bound] = ratio < min ? ['too low', min] : ['too high', max];
      const found = `The mean score is ${shown(ratio, bound)} times the event rate`;
      return { verdict: 'fail', reason: `${found}: scores read as risks are ${direction}.` };
    },
  });
}

function latency(report: EvaluationReport, { maxLatencyMs }: GatePolicy): GateResult {
  return numberGate({
    gate: 'latency',
    name: 'Latency',
    value: report.latencyMs,
    bound: `at most ${maxLatencyMs} ms`,
    decide: (latencyMs) => {
      const found = `Scoring one record takes ${shown(latencyMs, maxLatencyMs)} ms (95th percentile)`;
      return latencyMs <= maxLatencyMs
        ? { verdict: 'pass', reason: `${found}.` }
        : { verdict: 'fail', reason: `${found}, longer than ${maxLatencyMs} ms.` };
    },
  });
}

function atLeast(value: number, floor: number, found: string, fault: string): Finding {
  return value >= floor
    ? { verdict: 'pass', reason: `${found} reaches the floor of ${floor}.` }
    : { verdict: 'fail', reason: `${found} is below the floor of ${floor}: the model ${fault}.` };
}
