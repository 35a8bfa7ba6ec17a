import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decide } from './decide.ts';
import type { Decision } from './decision.ts';
import { DEFAULT_GOVERNANCE } from './policy.ts';
import type { JudgedInterval, Level, Measure, PlanningRules, Situation } from './situation.ts';

const RULES: PlanningRules = { horizonDays: 30, everyIntervals: 6, minPositives: 800, floorAuc: 0.62 };
const [MARCH, APRIL, MAY, JUNE, JULY] = [3, 4, 5, 6, 7].map((month) => startOf(month)) as [
  string,
  string,
  string,
  string,
  string,
];

describe('before there is a champion', () => {
  test('the first training starts when there is enough to learn from', () => {
    expect(decisionOf({ champion: null, matured: [matured(MARCH)] })).toBe('retrain');
  });

  test('too few labels are waited for', () => {
    const few = { start: MARCH, rows: 5000, positives: 99 };
    expect(decisionOf({ champion: null, matured: [few] })).toBe('wait-for-labels');
  });

  test('a first model that was rejected is not repeated on the same data', () => {
    const situation = { champion: null, matured: [matured(MARCH)], lastTrainedOn: MARCH, attempts: 1 };
    expect(decisionOf(situation)).toBe('wait-for-labels');
    expect(decisionOf({ ...situation, matured: [matured(MARCH), matured(APRIL)] })).toBe('retrain');
  });
});

describe('a champion below the floor', () => {
  const auc = (value: number, level: Level): Measure => ({
    kind: 'performance',
    name: 'auc',
    level,
    value,
    threshold: '0.660 when it was registered; floor 0.62',
  });
  const month = (start: string, ...measures: Measure[]): JudgedInterval => ({
    ...judged(start, {}),
    measures,
  });

  test('calls its owner, whatever else is decided', () => {
    const low = [month(APRIL, auc(0.66, 'ok')), month(MAY, auc(0.61, 'critical')), month(JUNE)];
    const { decision, page } = decided({ judged: low, frozen: 'dana: audit', asOf: JULY });
    expect(decision).not.toBe('retrain');
    expect(page).toEqual({
      owner: DEFAULT_GOVERNANCE.owner,
      interval: MAY,
      value: 0.61,
      floor: 0.62,
      reason: 'version 1 has an AUC of 0.6100 on the labels of 2025-05-01, below the floor of 0.62',
    });
  });

  test('does so by the newest labels alone, and by no figure that says nothing', () => {
    const mended = [month(APRIL, auc(0.61, 'critical')), month(MAY, auc(0.65, 'ok'))];
    expect(decided({ judged: mended }).page).toBeUndefined();
    expect(decided({ judged: [month(MAY, auc(0.61, 'insufficient'))] }).page).toBeUndefined();
    expect(decided({ judged: [month(MAY, auc(0.62, 'ok'))] }).page).toBeUndefined();
  });
});

describe('drift of features', () => {
  const drifted = { payer_code: 'critical', number_diagnoses: 'critical' } as const;

  test('in one interval is waited upon until it can be learnt and judged', () => {
    const until = [matured(MARCH), matured(APRIL)];
    const decision = decided({
      judged: [judged(APRIL, {}), judged(MAY, drifted)],
      matured: until,
      asOf: JUNE,
    });
    expect(decision).toMatchObject({ decision: 'wait-for-labels', possibleFrom: '2025-07-31T00:00:00Z' });
    expect(decision.reasons[0]).toMatchObject({ measure: 'feature_psi of payer_code' });
    expect(decision.reasons[0]?.reason).toContain('in 1 judged interval (2 needed), since 20');
  });

  test('in two intervals waits for the labels of the first and of one to judge on', () => {
    const twice = [judged(MAY, drifted), judged(JUNE, drifted)];
    const until = (...starts: string[]) => starts.map((start) => matured(start));
    expect(decided({ judged: twice, matured: until(MARCH, APRIL, MAY), asOf: JULY })).toMatchObject({
      decision: 'wait-for-labels',
      possibleFrom: '2025-07-31T00:00:00Z',
    });
    expect(decisionOf({ judged: twice, matured: until(MARCH, APRIL, MAY, JUNE) })).toBe('retrain');
  });

  test('is not learnt while the slice to judge on has to take the drifted interval in', () => {
    const june = { ...matured(JUNE), positives: 799 };
    const judgedTwice = [judged(MAY, drifted), judged(JUNE, drifted)];
    const situation = { judged: judgedTwice, matured: [matured(MARCH), matured(APRIL), matured(MAY), june] };
    expect(decided({ ...situation, asOf: startOf(8) })).toMatchObject({
      decision: 'wait-for-labels',
      possibleFrom: '2025-08-31T00:00:00Z',
    });
    expect(decisionOf({ ...situation, matured: [...situation.matured, matured(JULY)] })).toBe('retrain');
  });

  test('of one feature alone is left to the next planned retraining', () => {
    const alone = { payer_code: 'critical' } as const;
    expect(decisionOf({ judged: [judged(MAY, alone), judged(JUNE, alone)] })).toBe('schedule');
  });

  test('of different features in two intervals confirms nothing', () => {
    const others = {
      race: 'critical',
      gender: 'critical',
      payer_code: 'ok',
      number_diagnoses: 'ok',
    } as const;
    const decision = decided({ judged: [judged(MAY, drifted), judged(JUNE, others)], asOf: JULY });
    expect(decision.decision).toBe('wait-for-labels');
    expect(decision.reasons.map(({ measure }) => measure)).toEqual([
      'feature_psi of race',
      'feature_psi of gender',
    ]);
  });

  test('is neither counted nor reset by an interval with too little data', () => {
    const unsure = { payer_code: 'insufficient', number_diagnoses: 'insufficient' } as const;
    const situation = { judged: [judged(APRIL, drifted), judged(MAY, unsure), judged(JUNE, drifted)] };
    expect(decisionOf(situation)).toBe('retrain');
    expect(decisionOf({ judged: [judged(APRIL, drifted), judged(MAY, unsure)] })).not.toBe('retrain');
  });

  test('is over with an interval in which all is well', () => {
    const well = { payer_code: 'ok', number_diagnoses: 'ok' } as const;
    expect(decisionOf({ judged: [judged(APRIL, drifted), judged(MAY, drifted), judged(JUNE, well)] })).toBe(
      'no-action',
    );
  });

  test('that was only warned of is left to the next planned retraining once it lasts', () => {
    const warned = { payer_code: 'warning' } as const;
    expect(decisionOf({ judged: [judged(JUNE, warned)] })).toBe('no-action');
    expect(decisionOf({ judged: [judged(MAY, warned), judged(JUNE, warned)] })).toBe('schedule');
  });
});

test.each(['score', 'calibration', 'performance'] as const)('%s alone suffices', (kind) => {
  const intervals = [APRIL, MAY].map((start) => withMeasures(start, [measure(kind, kind, 'critical')]));
  expect(decisionOf({ judged: intervals })).toBe('retrain');
});

test('an odd share of high scores is a reason to look, not to retrain', () => {
  const intervals = [APRIL, MAY].map((start) => withMeasures(start, [measure('output', 'high', 'critical')]));
  expect(decisionOf({ judged: intervals })).toBe('schedule');
});

describe('what stands in the way', () => {
  const wanted: Partial<Situation> = {
    judged: [APRIL, MAY].map((start) => judged(start, { a: 'critical', b: 'critical' })),
  };

  test('nothing, and it is retrained', () => {
    expect(decisionOf(wanted)).toBe('retrain');
  });

  test('a feed that is broken asks for its owner, even where a person asks for a retraining', () => {
    const [first, second] = wanted.judged ?? [];
    const broken = { ...second!, faults: [{ column: 'weight', reason: 'missing in 99 % of the rows' }] };
    const request = { by: 'somebody', reason: 'now' };
    expect(decided({ judged: [first!, broken], request })).toMatchObject({
      decision: 'stop-and-ask',
      owner: DEFAULT_GOVERNANCE.owner,
      reasons: [{ measure: 'data quality of weight' }],
    });
  });

  test('three retrainings without a promotion ask for a person', () => {
    expect(decisionOf({ ...wanted, attempts: 2 })).toBe('retrain');
    expect(decided({ ...wanted, attempts: 3 })).toMatchObject({
      decision: 'stop-and-ask',
      reasons: [{ value: 3, threshold: 3 }],
    });
  });

  test('a retraining under way, and a freeze', () => {
    expect(decisionOf({ ...wanted, running: 'retraining-…' })).toBe('no-action');
    expect(decided({ ...wanted, frozen: 'audit' })).toMatchObject({
      decision: 'no-action',
      reasons: [{ measure: 'frozen', reason: 'audit' }, {}, {}],
    });
  });

  test('the last training, until another interval has matured', () => {
    const requested = { judged: [judged(MAY, {})], request: { by: 'somebody', reason: 'now' } };
    for (const asked of [wanted, requested]) {
      expect(decided({ ...asked, lastTrainedOn: JUNE })).toMatchObject({
        decision: 'wait-for-labels',
        possibleFrom: '2025-08-31T00:00:00Z',
      });
      expect(decisionOf({ ...asked, lastTrainedOn: MAY })).toBe('retrain');
    }
  });
});

describe('a planned retraining', () => {
  const plan = { ...RULES, everyIntervals: 3 };

  test('is due after so many matured intervals', () => {
    expect(decisionOf({ lastTrainedOn: MARCH }, plan)).toBe('retrain');
    expect(decisionOf({ lastTrainedOn: APRIL }, plan)).toBe('no-action');
  });

  test('waits where drift could not be learnt yet', () => {
    const drift = [MAY, JUNE].map((start) => judged(start, { a: 'critical', b: 'critical' }));
    const until = [MARCH, APRIL, MAY].map((start) => matured(start));
    expect(decisionOf({ judged: drift, matured: until, asOf: JULY }, { ...plan, everyIntervals: 1 })).toBe(
      'wait-for-labels',
    );
  });
});

describe('whatever the situation', () => {
  const levels = fc.constantFrom<Level>('ok', 'warning', 'critical', 'insufficient');
  const interval = (start: string) =>
    fc.record({ a: levels, b: levels, c: levels }).map((columns) => judged(start, columns));
  const situations = fc
    .record({
      judged: fc.tuple(interval(APRIL), interval(MAY), interval(JUNE)),
      attempts: fc.nat(4),
      lastTrainedOn: fc.constantFrom(MARCH, MAY, JUNE),
      request: fc.option(fc.constant({ by: 'somebody', reason: 'now' }), { nil: undefined }),
    })
    .map(({ request, ...others }): Partial<Situation> => ({ ...others, ...(request && { request }) }));

  test('more trouble with data quality never leads to a retraining', () => {
    fc.assert(
      fc.property(situations, fc.nat(2), (situation, at) => {
        const troubled = situation.judged!.map((one, index) =>
          index === at ? { ...one, faults: [{ column: 'a', reason: 'a unit has changed' }] } : one,
        );
        expect(decisionOf({ ...situation, judged: troubled })).toBe('stop-and-ask');
      }),
    );
  });

  test('what is decided has reasons, and waiting for a date means one to come', () => {
    fc.assert(
      fc.property(situations, (situation) => {
        const { decision, reasons, possibleFrom, asOf } = decided({ ...situation, asOf: JULY });
        expect(reasons.length).toBeGreaterThan(0);
        expect(decision !== 'wait-for-labels' || possibleFrom! > asOf).toBe(true);
      }),
    );
  });

  test('a freeze lets nothing start, and changes nothing else', () => {
    fc.assert(
      fc.property(situations, (situation) => {
        const free = decisionOf(situation);
        const frozen = decisionOf({ ...situation, frozen: 'audit' });
        expect(frozen).toBe(free === 'retrain' ? 'no-action' : free);
      }),
    );
  });

  test('a request never makes less happen', () => {
    const effort: Decision['decision'][] = ['no-action', 'schedule', 'wait-for-labels', 'retrain'];
    fc.assert(
      fc.property(situations, (situation) => {
        const { request: _request, ...without } = situation;
        const [before, after] = [
          decisionOf(without),
          decisionOf({ ...without, request: { by: 'x', reason: 'y' } }),
        ];
        expect(effort.indexOf(after)).toBeGreaterThanOrEqual(effort.indexOf(before));
      }),
    );
  });
});

function decided(situation: Partial<Situation>, rules = RULES): Decision {
  const base: Situation = {
    asOf: startOf(8),
    champion: 1,
    judged: [],
    matured: [MARCH, APRIL, MAY, JUNE].map((start) => matured(start)),
    championUntil: MARCH,
    ...(situation.champion === null ? {} : { lastTrainedOn: MARCH }),
    attempts: 0,
  };
  return decide({ ...base, ...situation }, DEFAULT_GOVERNANCE, rules);
}

function decisionOf(situation: Partial<Situation>, rules = RULES): Decision['decision'] {
  return decided(situation, rules).decision;
}

function judged(start: string, columns: Readonly<Record<string, Level>>): JudgedInterval {
  return withMeasures(
    start,
    Object.entries(columns).map(([name, level]) => measure('feature', name, level)),
  );
}

function withMeasures(start: string, measures: readonly Measure[]): JudgedInterval {
  const month = Number(start.slice(5, 7));
  return { interval: { start, end: startOf(month + 1) }, measures, faults: [] };
}

function measure(kind: Measure['kind'], name: string, level: Level): Measure {
  return { kind, name, level, value: 0.3, threshold: 'alarm from 0.25' };
}

function matured(start: string) {
  return { start, rows: 8000, positives: 880 };
}

function startOf(month: number): string {
  return `2025-${String(month).padStart(2, '0')}-01T00:00:00Z`;
}
